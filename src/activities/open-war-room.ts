import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { attempt } from '../connections/attempt.ts';
import { openFirstProvider } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import type { RoomLook } from '../connectors/connector.ts';
import type { IncidentSummary } from '../connectors/notification.ts';
import { severityText } from '../connectors/notification-text.ts';
import { typeOf, type Registry } from '../connectors/registry.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import type { RoomResult } from '../domain/incident/happening.ts';
import { anyReader } from '../domain/reader.ts';
import { said } from '../domain/said.ts';
import { readIncident } from '../incidents/incident-now.ts';
import type { ActivityDeps } from './deps.ts';
import { incidentGone, toApplicationFailure } from './failed.ts';

/** Types of provider that have rooms. */
export const roomTypes = ({ all }: Registry): string[] => all.filter((connector) => connector.rooms !== undefined).map(typeOf);

/** By the first active provider that has rooms. */
export function createOpenWarRoom(deps: ActivityDeps): IncidentActivities['openWarRoom'] {
  const { database, config, registry, egress, log } = deps;
  return async ({ incidentId }): Promise<RoomResult> => {
    const now = await readIncident(database.pool, incidentId, config.baseUrl);
    if (now === null) throw incidentGone();
    const incident = now.summaryFor(anyReader);
    const provider = await openFirstProvider(deps, roomTypes(registry));
    if (provider?.ok === false) return { outcome: 'failed', reason: provider.reason };
    const rooms = provider?.value.connector.rooms;
    if (provider === null || rooms === undefined) return { outcome: 'skipped', reason: said('cause.noRooms'), isNoNews: true };
    const { connector, config: opened } = provider.value;
    const call = createCall(connector, {
      config: opened,
      door: egress,
      actId: `${incidentId}/room`,
      maybeDone: activityInfo().attempt > 1,
      signal: cancellationSignal(),
    });
    const look = lookOf(incident);
    const result = await attempt(call, log.child({ incidentId }), () => rooms.ensure(call, look, incident));
    if (!result.ok) {
      if (result.permanent) return { outcome: 'failed', reason: result.reason };
      throw toApplicationFailure(result);
    }
    await database.pool.query('update incidents set war_room_url = $2 where id = $1', [incidentId, result.value.url]);
    return { outcome: 'done', url: result.value.url ?? incident.url, title: `#${look.name}` };
  };
}

/** `inc-abc123-redis-prod`: letters, digits and hyphens, as every vendor takes them; at most 80 characters (Slack). */
function lookOf({ shortId, title, service, links, severity }: IncidentSummary): RoomLook {
  const slug = service.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const named = [
    ['LID', links.document],
    ['Runbook', links.runbook],
  ] as const;
  return {
    name: `inc-${shortId.replace(/^INC-/, '').toLowerCase()}-${slug}`.slice(0, 80),
    topic: `${severityText(severity, anyReader)}: ${title}`,
    isPrivate: false,
    links: named.flatMap(([name, url]) => (url === null ? [] : [{ title: name, url }])),
  };
}
