import { explain } from './explain.ts';
import type { Page, Plan } from './paging.ts';
import type { IncidentState } from './state.ts';

// For operators, in English. Facts and no sentences: the texts of the languages are not in the bundle of the workflows.

/** Markdown for the operator who looks at the run in Temporal's UI. */
export function describe(state: IncidentState): string {
  const { next, pages } = explain(state);
  const count = (outcome: Page['outcome']): number => pages.filter((page) => page.outcome === outcome).length;
  const due = pages.filter((page) => page.outcome === 'due').map((page) => page.who);
  return [
    `**${state.shortId} ${state.title}**`,
    `${state.status}, ${state.severity}, service ${state.service.name}, alerts firing: ${state.alerts.firing}`,
    `Policy "${state.policy.name}" version ${state.policy.version}, escalation ${state.epoch}. Notifications sent: ${count('sent')}, failed: ${count('failed')}`,
    `Acknowledged by: ${state.acknowledged?.by.name ?? 'nobody'}`,
    `Next: ${next === null ? 'nothing is due' : `${due.length > 0 ? `${due.join(', ')} ` : ''}at ${new Date(next.atMs).toISOString()}`}`,
  ].join('\n\n');
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
    case 'event':
      return plan.event;
  }
}
