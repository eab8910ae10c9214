import { nextRung, type PageTarget } from '../escalation-policy.ts';
import type { Plan } from './happening.ts';
import { describePlan, type Page } from './paging.ts';
import { nextDueAtMs, type IncidentState } from './state.ts';

export interface Explanation {
  readonly incidentId: string;
  readonly status: string;
  readonly policy: { readonly id: string; readonly name: string; readonly version: number };
  readonly pages: readonly ExplainedPage[];
  readonly next: { readonly atMs: number; readonly what: string } | null;
}

export interface ExplainedPage {
  readonly pageId: string;
  /** `unknown`: an attempt was cut off, so that it may have arrived, and it was not sent again. */
  readonly outcome: 'sent' | 'skipped' | 'unknown' | 'failed' | 'pending' | 'due';
  readonly who: string;
  readonly by: string;
  readonly atMs: number;
  /** From the cause to the choice: policy version, round, level, target, preference. */
  readonly reasons: readonly string[];
  /** Why it was skipped or failed. */
  readonly detail: string | null;
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
    by: page.way.address === null ? page.way.providerName : `${page.way.providerName} (${page.way.address})`,
    atMs: page.atMs,
    reasons: page.reasons,
    detail: page.detail,
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
    by: 'chosen when it is due',
    atMs,
    reasons: [describePlan(plan, state), `target: ${target.type} ${targetName(state, target)}`],
    detail: null,
  }));
}

const targetName = (state: IncidentState, target: PageTarget): string => state.targetNames[`${target.type}:${target.id}`] ?? target.id;

function explainNext(state: IncidentState): Explanation['next'] {
  const atMs = nextDueAtMs(state);
  if (atMs === null) return null;
  if (atMs === state.quietUntilMs) return { atMs, what: 'resolves itself when no alert fires until then' };
  if (atMs === state.acknowledged?.timeoutAtMs) return { atMs, what: 'pages again: acknowledged but not resolved' };
  const [due] = duePages(state);
  return {
    atMs,
    what: `pages ${duePages(state)
      .map((page) => page.who)
      .join(', ')} (${due?.reasons[0] ?? 'nobody'})`,
  };
}
