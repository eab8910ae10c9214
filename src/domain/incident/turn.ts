import { said, type Said } from '../said.ts';
import type { IncidentEvent, Severity } from '../vocabulary.ts';
import type { Actor } from './happening.ts';
import type { Page, Plan } from './paging.ts';
import type { IncidentState } from './state.ts';

/** One decision while it is being made: the state so far, and all that follows from it. */
export interface Turn {
  state: IncidentState;
  readonly nowMs: number;
  readonly effects: Effect[];
  readonly entries: TimelineEntry[];
  readonly results: CommandOutcome[];
}

/** What the decision wants done. Each is in the state too, so that a new run does it when this one is gone. */
export type Effect =
  | { readonly type: 'plan'; readonly plan: Plan }
  | { readonly type: 'send'; readonly page: Page }
  | { readonly type: 'open_room' };

export const entryTypes = [
  'INCIDENT_OPENED',
  'ALERT_RECEIVED',
  'COMMENT_ADDED',
  'COMMENT_EDITED',
  'COMMENT_DELETED',
  'COMMENT_PINNED',
  'COMMENT_UNPINNED',
  'STATUS_CHANGED',
  'SEVERITY_CHANGED',
  'ASSIGNEE_CHANGED',
  'IMPACT_SCOPE_ADDED',
  'ESCALATED',
  'ALERT_SENT',
  'DELIVERY_FAILED',
  'DELIVERY_SKIPPED',
  'DOCUMENT_CREATED',
  'DOCUMENT_FAILED',
  'WAR_ROOM_CREATED',
  'WAR_ROOM_SKIPPED',
  'WAR_ROOM_FAILED',
] as const;
export type EntryType = (typeof entryTypes)[number];

export interface TimelineEntry {
  readonly sequence: number;
  readonly atMs: number;
  readonly type: EntryType;
  readonly said: Said;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CommandOutcome {
  readonly commandId: string;
  readonly outcome: 'applied' | 'refused';
  readonly said: Said;
}

export const system: Actor = { type: 'system', id: null, name: 'IMAS', via: 'workflow' };
export const monitoring: Actor = { type: 'monitoring', id: null, name: 'Monitoring', via: 'alert' };

export const severitySaid = (severity: Severity): Said => said(`entry.severity.${severity}`);

export function say(
  turn: Turn,
  type: EntryType,
  what: Said,
  { actor = system, data = {} }: { actor?: Actor; data?: Readonly<Record<string, unknown>> } = {},
): void {
  const sequence = turn.state.sequence + 1;
  turn.state = { ...turn.state, sequence };
  turn.entries.push({ sequence, atMs: turn.nowMs, type, said: what, actor, data });
}

export function startPlan(turn: Turn, plan: Plan): void {
  turn.state = { ...turn.state, plans: [...turn.state.plans, plan] };
  turn.effects.push({ type: 'plan', plan });
}

/** Pages whoever has the incident now, by the entry that was just made. */
export function tellAssignee(turn: Turn, by: string): void {
  const { assignee, sequence, status } = turn.state;
  if (assignee === null || status === 'RESOLVED') return;
  startPlan(turn, { for: 'assignee', key: `assigned.${sequence}`, userId: assignee.id, name: assignee.name, by });
}

/** Tells those who follow this kind of event of the entry that was just made. The key makes a repeat of it the same delivery. Of an incident that was opened quietly nobody hears. */
export function announce(turn: Turn, event: IncidentEvent): void {
  if (turn.state.quiet === true) return;
  const { sequence } = turn.state;
  const commentSequence = event === 'comment.added' ? sequence : null;
  startPlan(turn, { for: 'event', key: `${event}.${sequence}`, event, commentSequence, atMs: turn.nowMs });
}
