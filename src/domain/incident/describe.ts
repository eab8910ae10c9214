import { explain } from './explain.ts';
import type { IncidentState } from './state.ts';

/** Markdown for the operator who looks at the run in Temporal's UI. */
export function describe(state: IncidentState): string {
  const { next, pages } = explain(state);
  const told = pages.filter((page) => page.outcome === 'sent').length;
  const failed = pages.filter((page) => page.outcome === 'failed').length;
  return [
    `**${state.shortId} ${state.title}**`,
    `${state.status}, ${state.severity}, service ${state.service.name}, ${state.alerts.firing} alerts fire`,
    `Policy "${state.policy.name}" version ${state.policy.version}, ladder start ${state.epoch}; ${told} messages sent, ${failed} failed`,
    state.acknowledged === null ? 'Nobody has acknowledged.' : `Acknowledged by ${state.acknowledged.by.name}.`,
    next === null ? 'Nothing is due.' : `Next: ${next.what}, at ${new Date(next.atMs).toISOString()}.`,
  ].join('\n\n');
}
