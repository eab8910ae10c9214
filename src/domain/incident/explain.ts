import { nextRung, type PageTarget } from '../escalation-policy.ts';
import { said, type Said } from '../said.ts';
import type { IncidentEvent } from '../vocabulary.ts';
import type { Page, Plan } from './paging.ts';
import { planReason } from './plan-reason.ts';
import { nextDueAtMs, type IncidentState } from './state.ts';

export interface Explanation {
  readonly incidentId: string;
  readonly status: string;
  readonly policy: { readonly id: string; readonly name: string; readonly version: number };
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

/** For each page sent, skipped, failed, under way or still due: who, by what, when and why. Oldest first. */
export function explain(state: IncidentState): Explanation {
  const { id, name, version } = state.policy;
  return {
    incidentId: state.incidentId,
    status: state.status,
    policy: { id, name, version },
    pages: [...state.pages.map(explainPage), ...duePages(state)],
    next: explainNext(state),
  };
}

function explainPage(page: Page): ExplainedPage {
  return {
    pageId: page.id,
    outcome: page.mayHaveReached ? 'unknown' : page.outcome,
    who: page.name,
    userId: page.userId,
    by: page.way.address === null ? page.way.providerName : `${page.way.providerName} (${page.way.address})`,
    atMs: page.atMs,
    reasons: page.reasons,
    event: page.plan.for === 'event' ? page.plan.event : null,
    detail: page.detail,
    cure: page.cure ?? null,
    attempt: null,
  };
}

/** Who is next on the ladder; the ways to them are chosen when the time has come. */
function duePages(state: IncidentState): ExplainedPage[] {
  const { ladder, policy, epoch } = state;
  const atMs = ladder.dueAtMs;
  if (atMs === null) return [];
  const rung = nextRung(policy.document, ladder);
  const targets = rung.on === 'level' ? rung.here.targets : policy.document.fallback;
  const plan: Plan = rung.on === 'level' ? { for: 'level', epoch, round: rung.round, level: rung.level } : { for: 'fallback', epoch };
  return targets.map((target) => ({
    pageId: `due.${target.type}:${target.id}`,
    outcome: 'due',
    who: targetName(state, target),
    userId: target.type === 'user' ? target.id : null,
    by: null,
    atMs,
    reasons: [planReason(plan, state), said(`reason.target.${target.type}`, { name: targetName(state, target) })],
    event: null,
    detail: null,
    cure: null,
    attempt: null,
  }));
}

const targetName = (state: IncidentState, target: PageTarget): string => state.targetNames[`${target.type}:${target.id}`] ?? target.id;

function explainNext(state: IncidentState): Explanation['next'] {
  const atMs = nextDueAtMs(state);
  if (atMs === null) return null;
  if (atMs === state.quietUntilMs) return { atMs, what: said('due.resolves') };
  if (atMs === state.acknowledged?.timeoutAtMs) return { atMs, what: said('due.notifiesAgain') };
  const who = duePages(state).map((page) => page.who);
  return { atMs, what: said('due.notifies', { who: who.join(', ') }) };
}
