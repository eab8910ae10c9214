import { decide } from './incident/decide.ts';
import type { Happening } from './incident/happening.ts';
import type { Plan, PlannedRecipient } from './incident/paging.ts';
import { newIncident, nextDueAtMs, type IncidentState } from './incident/state.ts';
import type { Effect } from './incident/turn.ts';
import type { PolicyDocument } from './escalation-policy.ts';
import type { Audience, Directory } from './routing/directory.ts';
import { takenOf } from './routing/followers.ts';
import { missedBy, whomToTell } from './routing/whom-to-tell.ts';
import type { Severity } from './vocabulary.ts';

export interface Simulation {
  readonly severity: Severity;
  /** When the incident opens, epoch milliseconds. */
  readonly openedAtMs: number;
  readonly audience: Audience;
}

/** Who is told of something, and when, epoch milliseconds. */
export interface Told {
  readonly plan: Plan;
  readonly atMs: number;
  readonly recipients: readonly PlannedRecipient[];
  /** People whom the step is for, and whom nothing leads to. */
  readonly missed: readonly PlannedRecipient[];
}

/**
 * What becomes of an incident that nobody acknowledges while every message arrives: `decide` on a clock that jumps from
 * deadline to deadline, until the escalation has come to its end. In order.
 */
export function simulate(document: PolicyDocument, directory: Directory, { severity, openedAtMs, audience }: Simulation): Told[] {
  const told: Told[] = [];
  let nowMs = openedAtMs;
  let state = newIncident({
    incidentId: 'simulated',
    shortId: 'INC-000000',
    title: '',
    severity,
    service: { id: 'simulated', name: '' },
    assignee: null,
    openedAtMs,
    autoResolve: { mode: 'off', quietSeconds: 0 },
    policy: { id: 'simulated', name: '', version: 1, document },
    targetNames: {},
  });
  const answer = (effect: Effect): Happening => {
    switch (effect.type) {
      case 'plan': {
        const recipients = whomToTell(effect.plan, state, nowMs, directory, { ...audience, told: state.pages, taken: takenOf(state) });
        told.push({ plan: effect.plan, atMs: nowMs, recipients, missed: missedBy(effect.plan, state, nowMs, directory, audience) });
        return { type: 'planned', plan: effect.plan, recipients };
      }
      case 'send':
        return { type: 'page_finished', pageId: effect.page.id, result: { outcome: 'sent', receipt: '', perhapsTwice: false } };
      case 'open_room':
        return { type: 'room_finished', result: { outcome: 'done', url: '', title: '' } };
    }
  };
  const take = (first: Happening): void => {
    const waiting = [first];
    for (let happening = waiting.shift(); happening !== undefined; happening = waiting.shift()) {
      const decision = decide(state, happening, nowMs);
      state = decision.state;
      waiting.push(...decision.effects.map(answer));
    }
  };
  take({ type: 'opened', setUp: { documentUrl: '', hasRooms: true } });
  for (let dueAtMs = nextDueAtMs(state); dueAtMs !== null && !hasBegunAgain(state); dueAtMs = nextDueAtMs(state)) {
    nowMs = dueAtMs;
    take({ type: 'clock' });
  }
  return told;
}

/** Nobody at all could be reached: everything comes again. */
const hasBegunAgain = ({ epoch }: IncidentState): boolean => epoch > 1;
