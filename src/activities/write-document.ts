import type { Pool } from 'pg';
import { ownDocuments } from '../connectors/registry.ts';
import { words } from '../texts/languages.ts';
import type { RecordRequest } from '../contract/activities.ts';
import { storableText } from '../db/storable.ts';

/** The text of the incident document that the system keeps itself, as of the incident's first entries. It is stored with them, in one statement. */
export async function writeDocument(pool: Pool, { state, entries }: Pick<RecordRequest, 'state' | 'entries'>): Promise<string> {
  const { rows: scopes } = await pool.query<{ name: string }>({
    name: 'document-scopes',
    text: 'select s.name from incidents i join impact_scopes s on s.id = any(i.impact_scope_ids) where i.id = $1 order by s.name',
    values: [state.incidentId],
  });
  let written = '';
  const store = { write: async (_: string, text: string) => void (written = storableText(text)) };
  await ownDocuments.ensure({ config: store }, state.incidentId, {
    incident: state,
    timeline: entries.map(({ atMs, said, actor }) => ({
      timestamp: new Date(atMs).toISOString(),
      message: words(said),
      actor: actor.type === 'user' ? actor.name : null,
    })),
    impactScopes: scopes.map(({ name }) => name),
  });
  return written;
}
