import type { PoolClient } from 'pg';
import { renderDocument } from '../connectors/built-in/document-template.ts';
import type { RecordRequest } from '../contract/activities.ts';
import { storableText } from '../db/storable.ts';

/** The incident document that the system keeps itself: made once, whatever is decided again. */
export async function keepDocument(client: PoolClient, { state, entries }: Pick<RecordRequest, 'state' | 'entries'>): Promise<void> {
  const { rows: scopes } = await client.query<{ name: string }>({
    name: 'document-scopes',
    text: 'select s.name from incidents i join impact_scopes s on s.id = any(i.impact_scope_ids) where i.id = $1 order by s.name',
    values: [state.incidentId],
  });
  const body = renderDocument({
    incident: state,
    timeline: entries.map(({ atMs, message, actor }) => ({
      timestamp: new Date(atMs).toISOString(),
      message,
      actor: actor.type === 'user' ? actor.name : null,
    })),
    impactScopes: scopes.map(({ name }) => name),
  });
  await client.query({
    name: 'document-keep',
    text: 'insert into documents (incident_id, body) values ($1, $2) on conflict (incident_id) do nothing',
    values: [state.incidentId, storableText(body)],
  });
}
