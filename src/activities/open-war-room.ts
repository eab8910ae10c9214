import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { openConfig } from '../connectors/stored-config.ts';
import type { Registry } from '../connectors/registry.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import { failureTypes } from '../contract/names.ts';
import type { RoomResult } from '../domain/incident/happening.ts';
import type { ActivityDeps } from './activities.ts';
import { readIncident } from './incident-summary.ts';

/** Types of provider that have rooms. */
export const roomTypes = ({ all }: Registry): string[] =>
  all.filter((connector) => connector.room !== undefined).map((connector) => connector.type);

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
    const connector = provider === undefined ? undefined : registry.connectorFor(provider.type);
    if (provider === undefined || connector?.room === undefined)
      return { outcome: 'skipped', reason: 'no provider that has rooms is set up' };
    const result = await connector.room.open({
      config: openConfig(connector, provider.id, provider.config, secrets),
      incident: incident.summary,
      egress,
      signal: cancellationSignal(),
    });
    if (result.outcome === 'failed') {
      if (result.permanent) return { outcome: 'failed', reason: result.reason };
      throw ApplicationFailure.create({ type: failureTypes.providerUnavailable, message: result.reason });
    }
    await database.pool.query('update incidents set war_room_url = $2 where id = $1', [incidentId, result.url]);
    return { outcome: 'done', url: result.url, title: result.title };
  };
}
