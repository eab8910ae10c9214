import type { PinnedPolicy } from '../escalation-policy.ts';
import type { IncidentStatus, Severity } from '../vocabulary.ts';
import type { Actor } from './happening.ts';
import type { Page, Plan, Recipient } from './paging.ts';

/**
 * All that an incident's workflow knows: plain JSON, carried over continue-as-new and kept in the store with every
 * projection, so that a lost run goes on from there. What is under way (plans, pages, steps) is part of it: whoever
 * takes over starts it again, under the same names.
 */
export interface IncidentState {
  readonly incidentId: string;
  readonly shortId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: Named;
  readonly assignee: Named | null;
  readonly openedAtMs: number;
  /** It was opened quietly, and nobody has escalated it since, nor has it got worse: nobody hears of it. Missing otherwise. */
  readonly quiet?: true;
  /** Ids of its impact scopes; of an incident that a version before opened, only of those that people added since. */
  readonly scopes?: readonly string[];
  readonly autoResolve: AutoResolve;
  readonly policy: PinnedPolicy;
  /** Names of the policy's targets, by `type:id`, as they were when the incident opened. */
  readonly targetNames: Readonly<Record<string, string>>;
  /** Counts the runs of the workflow: what an earlier one still writes is void. */
  readonly run: number;
  /** Number of the last timeline entry. */
  readonly sequence: number;
  readonly alerts: { readonly version: number; readonly firing: number; readonly worst: Severity | null };
  /** Counts the starts of the ladder: a page of an earlier epoch is void. */
  readonly epoch: number;
  readonly ladder: Ladder;
  readonly acknowledged: { readonly by: Actor; readonly atMs: number; readonly timeoutAtMs: number | null } | null;
  /** When quiet time ends; null while it does not run. */
  readonly quietUntilMs: number | null;
  readonly resolved: { readonly by: Actor; readonly atMs: number } | null;
  /** What joined since it was acknowledged; missing where nothing did. */
  readonly joined?: Joined;
  readonly steps: { readonly war_room: StepState };
  /** Whether the document that another system keeps is there; missing where it is our own, or not there yet. */
  readonly document?: 'done' | 'failed';
  /** What messages that were sent show (`visibleOf`); missing where none can be changed. */
  readonly inStep?: string;
  readonly plans: readonly Plan[];
  readonly pages: readonly Page[];
  readonly recipients: Readonly<Record<string, Recipient>>;
  /** The last commands, against repeats. */
  readonly seenCommands: readonly string[];
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Alerts with other labels that joined an acknowledged incident: whoever has it is told of the first at once, and of more in one message after some minutes. */
export interface Joined {
  /** How many they have not been told of. */
  readonly waiting: number;
  /** What the first of these says. */
  readonly summary: string;
  /** When they are told, epoch milliseconds. */
  readonly tellAtMs: number;
  /** How often they were told. */
  readonly told: number;
}

export interface AutoResolve {
  readonly mode: 'off' | 'at_once' | 'quiet';
  readonly quietSeconds: number;
}

/** Where the escalation stands. `level` is the next one to page. */
export interface Ladder {
  readonly round: number;
  readonly level: number;
  /** Null while it stands still: acknowledged, resolved, or at its end with somebody told. */
  readonly dueAtMs: number | null;
  /** After the last level come the fallback, then the administrators. */
  readonly stage: 'levels' | 'fallback' | 'last_resort';
}

export type StepState = 'waiting' | 'under_way' | 'done' | 'skipped' | 'failed';

/** What the store gives for an incident that has not begun. */
export interface OpeningFacts {
  readonly incidentId: string;
  readonly shortId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly service: Named;
  readonly assignee: Named | null;
  /** Ids. Missing where it has none, and in histories of versions before. */
  readonly scopes?: readonly string[];
  readonly openedAtMs: number;
  readonly autoResolve: AutoResolve;
  readonly policy: PinnedPolicy;
  readonly targetNames: Readonly<Record<string, string>>;
}

export function newIncident(facts: OpeningFacts): IncidentState {
  return {
    ...facts,
    status: 'TRIGGERED',
    run: 0,
    sequence: 0,
    alerts: { version: 0, firing: 0, worst: null },
    epoch: 0,
    ladder: { round: 0, level: 0, dueAtMs: null, stage: 'levels' },
    acknowledged: null,
    quietUntilMs: null,
    resolved: null,
    steps: { war_room: 'waiting' },
    plans: [],
    pages: [],
    recipients: {},
    seenCommands: [],
  };
}

/** Whether nobody is still to be told of anything that was decided. */
export const isSettled = ({ plans, pages }: IncidentState): boolean =>
  plans.length === 0 && pages.every((page) => page.outcome !== 'pending');

/** From when on a run must be at it, as the store knows it: what is due next, or what is left to tell of the end. Epoch milliseconds. */
export const watchedFromMs = (state: IncidentState): number | null =>
  state.status === 'RESOLVED' && !isSettled(state) ? (state.resolved?.atMs ?? null) : nextDueAtMs(state);

/** Whether somebody who watches the incident by the store must hear of it: another time counts, or nothing is left to be done. */
export const changesWatch = (was: IncidentState, is: IncidentState): boolean =>
  nextDueAtMs(is) !== nextDueAtMs(was) || (is.status === 'RESOLVED' && isSettled(is) && !isSettled(was));

/** When the next thing is due, epoch milliseconds; null when only a signal can change anything. */
export function nextDueAtMs(state: IncidentState): number | null {
  const dues = [state.ladder.dueAtMs, state.acknowledged?.timeoutAtMs ?? null, state.quietUntilMs, joinedDueAtMs(state)].filter(
    (due) => due !== null,
  );
  return dues.length === 0 ? null : Math.min(...dues);
}

/** When whoever has the incident is told what joined, epoch milliseconds; null where they know. */
export const joinedDueAtMs = ({ joined }: IncidentState): number | null =>
  joined !== undefined && joined.waiting > 0 ? joined.tellAtMs : null;
