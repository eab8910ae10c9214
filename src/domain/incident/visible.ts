import type { IncidentState } from './state.ts';

/** How many fire, roughly: a storm changes what messages say some ten times, not a thousand. */
const scaleOf = (firing: number): number => (firing < 2 ? 0 : Math.floor(Math.log2(firing)));

/** What of an incident messages show that were sent: where it has become another one, they are out of date. */
export const visibleOf = ({ status, severity, assignee, acknowledged, steps, alerts, document }: IncidentState): string =>
  [status, severity, assignee?.id, acknowledged?.by.name, steps.war_room === 'done', document, scaleOf(alerts.firing)]
    .map(String)
    .join('/');
