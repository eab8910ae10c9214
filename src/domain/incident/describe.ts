import { explain } from './explain.ts';
import { nextRung } from '../escalation-policy.ts';
import type { Severity } from '../vocabulary.ts';
import { planKey, type Page, type Plan } from './paging.ts';
import { joinedDueAtMs, nextDueAtMs, type IncidentState } from './state.ts';

// For operators, in English. Facts and no sentences: the texts of the languages are not in the bundle of the workflows.

/** `INC-CQAFRM SEV1 HighErrorRate`: what an operator looks for in a list of runs. */
export const nameOf = ({ shortId, severity, title }: Pick<IncidentState, 'shortId' | 'severity' | 'title'>): string =>
  `${shortId} ${shortSeverity(severity)} ${title}`;

/** `SEV1`. */
export const shortSeverity = (severity: Severity): string => severity.slice(0, 4);

/** Markdown for the operator who looks at the run in Temporal's UI: the first line says what it waits for. */
export function describe(state: IncidentState): string {
  const { pages } = explain(state);
  const count = (outcome: Page['outcome']): number => pages.filter((page) => page.outcome === outcome).length;
  return [
    `**${nameOf(state)}, ${standing(state)}**`,
    `Service ${state.service.name}, ${state.alerts.firing} ${state.alerts.firing === 1 ? 'alert' : 'alerts'} firing`,
    `Next: ${describeNext(state) ?? 'nothing is due'}`,
    `Escalation policy ${state.policy.name} (version ${state.policy.version}); notifications sent: ${count('sent')}, failed: ${count('failed')}`,
  ].join('\n\n');
}

function standing(state: IncidentState): string {
  const { status, acknowledged, resolved, pages, epoch } = state;
  if (status === 'RESOLVED') return `resolved by ${resolved?.by.name ?? 'somebody'}`;
  if (status === 'ACKNOWLEDGED') return `acknowledged by ${acknowledged?.by.name ?? 'somebody'}`;
  const paged = pages.filter(
    ({ plan, outcome }) => 'epoch' in plan && plan.epoch === epoch && outcome !== 'failed' && outcome !== 'skipped',
  );
  const last = paged.at(-1);
  if (last === undefined) return 'nobody is notified yet';
  const who = new Set(paged.filter(({ plan }) => planKey(plan) === planKey(last.plan)).map(({ name }) => name));
  return `waits for ${[...who].join(', ')}`;
}

/** What is due next and when, in one line; null when only a signal can change anything. It names the timer, too. */
export function describeNext(state: IncidentState): string | null {
  const atMs = nextDueAtMs(state);
  return atMs === null ? null : `${whatIsDue(state, atMs)} at ${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function whatIsDue(state: IncidentState, atMs: number): string {
  if (atMs === state.quietUntilMs) return 'resolve, if it stays quiet';
  if (atMs === state.acknowledged?.timeoutAtMs) return 'notify again, if it is not resolved';
  if (atMs === joinedDueAtMs(state)) return 'notify whoever has it of alerts that joined';
  const due = explain(state)
    .pages.filter(({ outcome }) => outcome === 'due')
    .map(({ who }) => who);
  const rung = nextRung(state.policy.document, state.ladder);
  const where =
    rung.on === 'fallback' ? 'the final fallback' : `level ${rung.level + 1}${rung.round === 0 ? '' : `, round ${rung.round + 1}`}`;
  return `escalate to ${where}${due.length === 0 ? '' : ` (${due.join(', ')})`}`;
}

/** One line for a page under way. */
export const describePage = ({ purpose, name, way, plan }: Page): string =>
  `${purpose} to ${name} by ${way.providerName}: ${describePlan(plan)}`.slice(0, 200);

function describePlan(plan: Plan): string {
  switch (plan.for) {
    case 'level':
      return `round ${plan.round + 1}, level ${plan.level + 1}`;
    case 'fallback':
    case 'last_resort':
      return plan.for.replace('_', ' ');
    case 'assignee':
      return `assigned by ${plan.by}`;
    case 'holder':
      return `${plan.count} alerts with other labels joined`;
    case 'event':
      return plan.event;
  }
}
