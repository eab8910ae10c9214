import type { IncidentActivities } from '../contract/activities.ts';
import { decideNews } from '../domain/incident/decide.ts';
import { changesWatch, watchedFromMs } from '../domain/incident/state.ts';
import { readNews } from '../incidents/news.ts';
import type { ActivityDeps } from './deps.ts';

/** What is decided here, the workflow decides again, now and whenever it is replayed. */
export function createTakeNews(
  { database: { pool } }: Pick<ActivityDeps, 'database'>,
  record: IncidentActivities['record'],
): IncidentActivities['takeNews'] {
  return async ({ state, ...asOf }) => {
    const { atMs, confirmed } = asOf;
    const known = { alertsVersion: state.alerts.version, recordedBy: confirmed.recordedBy, seen: state.seenCommands };
    const news = await readNews(pool, { incidentId: state.incidentId, ...known });
    const { state: next, effects, entries, results } = decideNews(state, news, atMs);
    const plans = effects.flatMap((effect) => (effect.type === 'plan' ? [effect.plan] : []));
    if (entries.length + results.length + plans.length === 0 && !changesWatch(state, next)) return { news, recipients: null };
    const recipients = await record({ state: next, entries, results, plans, dueAtMs: watchedFromMs(next), ...asOf });
    return { news, recipients };
  };
}
