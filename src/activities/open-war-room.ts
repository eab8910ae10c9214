import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createCall } from '../connectors/call.ts';
import type { RoomLook } from '../connectors/connector.ts';
import type { IncidentSummary } from '../connectors/notification.ts';
import { openConfig } from '../connectors/stored-config.ts';
import { typeOf, type Registry } from '../connectors/registry.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import { failureTypes } from '../contract/names.ts';
import type { RoomResult } from '../domain/incident/happening.ts';
import { said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { ActivityDeps } from './activities.ts';
import { readIncident } from './incident-summary.ts';

/** Types of provider that have rooms. */
export const roomTypes = ({ all }: Registry): string[] => all.filter((connector) => connector.rooms !== undefined).map(typeOf);

/** By the first active provider that has rooms. */
export function createOpenWarRoom(deps: ActivityDeps): IncidentActivities['openWarRoom'] {
  const { database, config, registry, secrets, egress } = deps;
  return async ({ incidentId }): Promise<RoomResult> => {
    const incident = await readIncident(database.pool, incidentId, config.baseUrl);
    if (incident === null) {
      throw ApplicationFailure.create({ type: failureTypes.unknownIncident, message: 'The incident is gone.', nonRetryable: true });
    }
    const { rows } = await database.pool.query<{ id: string; type: string; config: Record<string, unknown> }>(
      'select id, type, config from providers where is_active and type = any($1) order by created_at limit 1',
      [roomTypes(registry)],
    );
    const [provider] = rows;
    const connector = provider === undefined ? undefined : registry.byType(provider.type);
    if (provider === undefined || connector?.rooms === undefined) return { outcome: 'skipped', reason: words(said('cause.noRooms')) };
    const opened = openConfig(connector, provider.id, provider.config, secrets);
    const call = createCall(connector, { config: opened, door: egress, actId: `${incidentId}/room`, signal: cancellationSignal() });
    const look = lookOf(incident.summary);
    const result = await connector.rooms.ensure(call, look, incident.summary);
    if (!result.ok) {
      if (result.permanent) return { outcome: 'failed', reason: words(result.reason) };
      const details = [{ reason: result.reason, cure: result.cure }];
      throw ApplicationFailure.create({ type: failureTypes.providerUnavailable, message: words(result.reason), details });
    }
    await database.pool.query('update incidents set war_room_url = $2 where id = $1', [incidentId, result.value.url]);
    return { outcome: 'done', url: result.value.url ?? incident.summary.url, title: `#${look.name}` };
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
    topic: `${severity} ${title}`,
    isPrivate: false,
    links: named.flatMap(([name, url]) => (url === null ? [] : [{ title: name, url }])),
  };
}
