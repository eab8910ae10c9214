import { nextRung, targetKey } from '../escalation-policy.ts';
import { said, type Said } from '../said.ts';
import type { IncidentEvent } from '../vocabulary.ts';
import type { Page, Plan, PlannedRecipient, Way } from './paging.ts';
import { planReason } from './plan-reason.ts';
import { joinedDueAtMs, nextDueAtMs, type IncidentState } from './state.ts';

export interface Explanation {
  readonly incidentId: string;
  readonly status: string;
  readonly policy: { readonly id: string; readonly name: string; readonly version: number };
  /** Who has it: the id of the person whose acknowledgement stands. */
  readonly acknowledgedBy: string | null;
  readonly pages: readonly ExplainedPage[];
  readonly next: { readonly atMs: number; readonly what: Said } | null;
}

export interface ExplainedPage {
  readonly pageId: string;
  /** `unknown`: an attempt was cut off, so that it may have arrived, and it was not sent again. */
  readonly outcome: 'sent' | 'skipped' | 'unknown' | 'failed' | 'pending' | 'due';
  readonly who: string;
  /** Null where it is no person. */
  readonly userId: string | null;
  /** Provider and address; null while it is due, since the contact method is chosen when it is sent. */
  readonly by: string | null;
  readonly atMs: number;
  /** From the cause to the choice: policy version, round, level, target, preference. */
  readonly reasons: readonly Said[];
  /** What it is about; null for a page, which asks somebody to respond. */
  readonly event: IncidentEvent | null;
  /** Why it was skipped or failed, or why its last attempt did; of one that was sent, the provider's receipt. */
  readonly detail: Said | null;
  /** What a person can do about a failure. */
  readonly cure: Said | null;
  /** How far the sending has come of one that has not left yet. The ledger knows it, the workflow does not. */
  readonly attempt: Attempt | null;
}

export interface Attempt {
  /** From 1: the one under way, else the last one. */
  readonly number: number;
  readonly underWay: boolean;
  /** When it is tried again, epoch milliseconds, where that is known. */
  readonly nextAtMs: number | null;
}

/** Whom a plan would go to at an instant, epoch milliseconds. */
export type WhoIs = (plan: Plan, atMs: number) => readonly Expected[];

export type Expected = Pick<PlannedRecipient, 'key' | 'name' | 'userId' | 'reasons'>;

/**
 * For each page sent, skipped, failed, under way or still due: who, by what, when and why. Oldest first.
 * @param whoIs by today's directory; without one, the targets as the policy names them
 */
export function explain(state: IncidentState, whoIs: WhoIs = targetsOf(state)): Explanation {
  const { id, name, version } = state.policy;
  return {
    incidentId: state.incidentId,
    status: state.status,
    policy: { id, name, version },
    acknowledgedBy: state.acknowledged?.by.id ?? null,
    pages: [...state.pages.map(explainPage), ...duePages(state, whoIs)],
    next: explainNext(state, whoIs),
  };
}

function byText({ providerName, address, place }: Way): string {
  const where = place ?? address;
  return where === null ? providerName : `${providerName} (${where})`;
}

function explainPage(page: Page): ExplainedPage {
  return {
    pageId: page.id,
    outcome: page.mayHaveReached ? 'unknown' : page.outcome,
    who: page.name,
    userId: page.userId,
    by: byText(page.way),
    atMs: page.atMs,
    reasons: page.reasons,
    event: page.plan.for === 'event' ? page.plan.event : null,
    detail: page.detail,
    cure: page.cure ?? null,
    attempt: null,
  };
}

/** Who is next on the ladder; the ways to them are chosen when the time has come. */
function duePages(state: IncidentState, whoIs: WhoIs): ExplainedPage[] {
  const atMs = state.ladder.dueAtMs;
  if (atMs === null) return [];
  const plan = planAt(state, state.ladder);
  return expectedOf(state, plan, atMs, whoIs).map(({ key, name, userId, reasons }) => ({
    pageId: `due.${key}`,
    outcome: 'due',
    who: name,
    userId,
    by: null,
    atMs,
    reasons: [planReason(plan, state), ...reasons],
    event: null,
    detail: null,
    cure: null,
    attempt: null,
  }));
}

function explainNext(state: IncidentState, whoIs: WhoIs): Explanation['next'] {
  const atMs = nextDueAtMs(state);
  if (atMs === null) return null;
  if (atMs === state.quietUntilMs) return { atMs, what: said('due.resolves') };
  if (atMs === state.acknowledged?.timeoutAtMs) return { atMs, what: said('due.notifiesAgain') };
  if (atMs === joinedDueAtMs(state)) return { atMs, what: said('due.joined', { count: state.joined?.waiting ?? 0 }) };
  const plan = planAt(state, state.ladder);
  const who = namesOf(expectedOf(state, plan, atMs, whoIs));
  if (plan.for !== 'level') return { atMs, what: said('due.fallback', { who }) };
  const place = { level: plan.level + 1, round: plan.round + 1, who };
  return { atMs, what: said(state.policy.document.repeat > 0 ? 'due.levelOfRound' : 'due.level', place) };
}

/** Whom somebody pages who asks for the next level now, or who makes the escalation begin again: by raising the severity, by reopening. */
export function foresee(state: IncidentState, nowMs: number, whoIs: WhoIs): Foreseen {
  const { ladder } = state;
  const of = (from: Place): ForeseenPlan => {
    const plan = planAt(state, from);
    const who = expectedOf(state, plan, nowMs, whoIs).map(({ name }) => name);
    return plan.for === 'level' ? { level: plan.level + 1, round: plan.round + 1, who } : { level: null, round: null, who };
  };
  return {
    rounds: state.policy.document.repeat + 1,
    escalating: of(ladder.stage === 'levels' ? ladder : firstPlace),
    beginningAgain: of(firstPlace),
  };
}

export interface Foreseen {
  /** How many rounds of all levels there are before the final fallback. */
  readonly rounds: number;
  readonly escalating: ForeseenPlan;
  readonly beginningAgain: ForeseenPlan;
}

export interface ForeseenPlan {
  /** From 1; null for the final fallback. */
  readonly level: number | null;
  readonly round: number | null;
  readonly who: readonly string[];
}

type Place = Pick<IncidentState['ladder'], 'round' | 'level'>;
const firstPlace: Place = { round: 0, level: 0 };

function planAt({ policy, epoch }: IncidentState, from: Place): Plan & { readonly for: 'level' | 'fallback' } {
  const rung = nextRung(policy.document, from);
  return rung.on === 'level' ? { for: 'level', epoch, round: rung.round, level: rung.level } : { for: 'fallback', epoch };
}

/** Where nobody can be reached there is still the place that they would be at. */
function expectedOf(state: IncidentState, plan: Plan, atMs: number, whoIs: WhoIs): readonly Expected[] {
  const expected = whoIs(plan, atMs);
  return expected.length > 0 ? expected : targetsOf(state)(plan);
}

const targetsOf =
  (state: IncidentState) =>
  (plan: Plan): readonly Expected[] => {
    const { levels, fallback } = state.policy.document;
    const targets = plan.for === 'level' ? (levels[plan.level]?.targets ?? []) : fallback;
    return targets.map((target) => {
      const key = targetKey(target);
      const name = state.targetNames[key] ?? key;
      const userId = target.type === 'user' ? target.id : null;
      return { key, name, userId, reasons: [said(`reason.target.${target.type}`, { name })] };
    });
  };

const namesOf = (expected: readonly Expected[]): string => [...new Set(expected.map(({ name }) => name))].join(', ');
