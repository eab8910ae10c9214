import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { renderDocument } from '../connectors/built-in/document-template.ts';
import { openConfig } from '../connectors/stored-config.ts';
import type { IncidentActivities } from '../contract/activities.ts';
import { failureTypes } from '../contract/names.ts';
import type { SetUpResult } from '../domain/incident/happening.ts';
import type { ActivityDeps } from './activities.ts';
import { readIncident, type IncidentNow } from './incident-summary.ts';

/** The incident document that the system keeps itself: made once, and found again by a second attempt. */
export function createOpenDocument({ database, config }: ActivityDeps): IncidentActivities['openDocument'] {
  return async ({ incidentId }): Promise<SetUpResult> => {
    const { summary } = await mustRead(database.pool, incidentId, config.baseUrl);
    const url = `${summary.url}document/`;
    const { rows } = await database.pool.query<{ timestamp: Date; message: string; actor: { type: string; name: string } }>(
      'select timestamp, message, actor from timeline_entries where incident_id = $1 order by sequence limit 50',
      [incidentId],
    );
    const scopes = await database.pool.query<{ name: string }>(
      'select s.name from incidents i join impact_scopes s on s.id = any(i.impact_scope_ids) where i.id = $1 order by s.name',
      [incidentId],
    );
    const body = renderDocument({
      incident: summary,
      timeline: rows.map((row) => ({ timestamp: row.timestamp.toISOString(), message: row.message, actor: row.actor.type === 'user' ? row.actor.name : null })),
      impactScopes: scopes.rows.map(({ name }) => name),
    });
    await database.pool.query(
      `with made as (insert into documents (incident_id, body) values ($1, $2) on conflict (incident_id) do nothing)
       update incidents set document_url = $3 where id = $1`,
      [incidentId, body, url],
    );
    return { outcome: 'done', url, title: 'Incident document' };
  };
}

/** By the first active provider that has rooms. */
export function createOpenWarRoom(deps: ActivityDeps): IncidentActivities['openWarRoom'] {
  const { database, config, registry, secrets, egress } = deps;
  return async ({ incidentId }): Promise<SetUpResult> => {
    const { summary } = await mustRead(database.pool, incidentId, config.baseUrl);
    const withRoom = registry.all.filter((connector) => connector.room !== undefined).map((connector) => connector.type);
    const { rows } = await database.pool.query<{ id: string; type: string; config: Record<string, unknown> }>(
      'select id, type, config from providers where is_active and type = any($1) order by created_at limit 1',
      [withRoom],
    );
    const [provider] = rows;
    const connector = provider === undefined ? undefined : registry.connectorFor(provider.type);
    if (provider === undefined || connector?.room === undefined) return { outcome: 'skipped', reason: 'no provider that has rooms is set up' };
    const result = await connector.room.open({
      config: openConfig(connector, provider.id, provider.config, secrets),
      incident: summary,
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

async function mustRead(pool: ActivityDeps['database']['pool'], incidentId: string, baseUrl: string): Promise<IncidentNow> {
  const incident = await readIncident(pool, incidentId, baseUrl);
  if (incident === null)
    throw ApplicationFailure.create({ type: failureTypes.unknownIncident, message: 'The incident is gone.', nonRetryable: true });
  return incident;
}
