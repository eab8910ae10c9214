import type { RecordRequest } from '../contract/activities.ts';
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { inTransaction } from '../db/in-transaction.ts';
import { storable } from '../db/storable.ts';
import { changesChannel, failureTypes } from '../contract/names.ts';
import { correlationLock } from '../contract/locks.ts';
import { failPoint } from '../observe/fail-point.ts';

export type Projection = Omit<RecordRequest, 'plans'>;

const instant = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

/**
 * Writes what the workflow decided: entries by (incident, sequence), the incident as people see it, the answers to
 * commands, the row of the document that an entry says is there, and a notice to the pages; all of it in one statement.
 *
 * A workflow task that fails after its writes (a crash, a signal that came meanwhile) is decided again, perhaps with more
 * to decide on. So the last decision counts: it replaces what an earlier one wrote from there on. A worker that was cut
 * off and writes late is known by its older `recordedBy`, and changes nothing. What a lost decision answered is taken back, unless this one knows of it. Attempts at one task have the same number: of these, the one that began
 * later counts, on Temporal's clock.
 * @throws Overtaken, for good: somebody has written later. A run that was set back (by an operator's reset, by a restored Temporal) must not
 * go on from there.
 */
export async function project(pool: Pool, projection: Projection): Promise<void> {
  const query = { name: 'project', text: statement, values: valuesOf(projection) };
  const { rowCount } = reopens(projection)
    ? await inTransaction(pool, async (client) => {
        await client.query('select pg_advisory_xact_lock($1)', [correlationLock]);
        return client.query(query);
      })
    : await pool.query(query);
  if (rowCount === 0) {
    const message = 'A later run of this incident has written already; the next one goes on from the store.';
    throw ApplicationFailure.create({ type: failureTypes.overtaken, message, nonRetryable: true });
  }
  failPoint('record-committed');
}

/** A reopened incident may find that another one took its grouping key meanwhile; nobody may take it in between. */
const reopens = ({ entries }: Projection): boolean =>
  entries.some((entry) => entry.type === 'STATUS_CHANGED' && entry.data['was'] === 'RESOLVED');

/** Of the incident document, in the write that says it is there; else null. */
const documentUrl = ({ entries }: Projection): string | null => {
  const url = entries.find((entry) => entry.type === 'DOCUMENT_CREATED')?.data['url'];
  return typeof url === 'string' ? url : null;
};

/** Those that the entries say were added. */
const addedScopes = ({ entries }: Projection): readonly string[] =>
  entries.flatMap(({ type, data }) =>
    type === 'IMPACT_SCOPE_ADDED' ? ((data['scopes'] ?? []) as readonly { readonly id: string }[]).map(({ id }) => id) : [],
  );

function valuesOf(projection: Projection): unknown[] {
  const { state, entries, results, dueAtMs, atMs, recordedBy, taskMs = null, confirmed } = projection;
  const rows = entries.map((entry) => ({ ...entry, timestamp: instant(entry.atMs) }));
  return [
    state.incidentId,
    state.severity,
    state.status,
    state.assignee?.id ?? null,
    state.acknowledged?.by.name ?? null,
    instant(state.acknowledged?.atMs),
    instant(state.resolved?.atMs),
    state.sequence,
    state.epoch,
    instant(dueAtMs),
    storable(state),
    storable(rows),
    storable(results),
    instant(atMs),
    confirmed.alertsVersion,
    recordedBy,
    documentUrl(projection),
    taskMs,
    confirmed.recordedBy,
    state.seenCommands,
    addedScopes(projection),
  ];
}

const statement = `
  with current as materialized (
    select id from incidents where id = $1::uuid and (recorded_by is null or recorded_by < $16::bigint
      or (recorded_by = $16::bigint and coalesce(recorded_in, 0) <= coalesce($18::float8, 'Infinity')))
    -- An alert's insert holds a key lock on its incident, and must not wait for this.
    for no key update
  ),
  undone as (
    delete from timeline_entries t using current where t.incident_id = current.id and t.sequence > $8
  ),
  written as (
    insert into timeline_entries (incident_id, sequence, timestamp, type, said, actor, data)
    select current.id, e.sequence, e.timestamp, e.type, e.said, e.actor, e.data
    from current, json_to_recordset($12::json) as e(sequence integer, timestamp timestamptz, type text, said jsonb, actor jsonb, data jsonb)
    on conflict (incident_id, sequence) do update
      set timestamp = excluded.timestamp, type = excluded.type, said = excluded.said, message = '', actor = excluded.actor, data = excluded.data
  ),
  -- Made once, whatever is decided again. What is in it is rendered when it is read.
  documented as (
    insert into documents (incident_id) select current.id from current where $17::text is not null
    on conflict (incident_id) do nothing
  ),
  -- Not what this very write is the first to know of: should it be decided again, it is needed again.
  taken as (
    delete from told t using current where t.incident_id = current.id and t.id <= $15::bigint
  ),
  answered as (
    update commands c set outcome = r.outcome, said = r.said, message = null, finished_at = now(), answered_by = $16::bigint
    from current, json_to_recordset($13::json) as r("commandId" text, outcome text, said jsonb)
    where c.id = r."commandId"
  ),
  -- An answer of a task that was lost, to a command that this decision knows nothing of: it is news again.
  unanswered as (
    update commands c set outcome = null, said = null, message = null, finished_at = null, answered_by = null
    from current where c.incident_id = current.id and c.answered_by > $19::bigint and c.id <> all($20::text[])
  ),
  shown as (
    update incidents i set severity = $2, status = $3, assignee_id = (select id from users where id = $4), acknowledged_by = $5, acknowledged_at = $6,
      resolved_at = $7, sequence = $8, recorded_at = $14, recorded_by = $16, recorded_in = $18::float8, epoch = $9, due_at = $10, state = $11::jsonb, updated_at = now(), document_url = coalesce($17, i.document_url),
      impact_scope_ids = i.impact_scope_ids || array(select s from unnest($21::uuid[]) as s where s <> all(i.impact_scope_ids)),
      grouping_key = case when $3 <> 'RESOLVED' and i.status = 'RESOLVED' and exists (
        select 1 from incidents o where o.grouping_key = i.grouping_key and o.id <> i.id and o.status <> 'RESOLVED'
      ) then null else i.grouping_key end
    from current where i.id = current.id
    returning i.short_id
  )
  select pg_notify('${changesChannel}', json_build_object('incident', $1::text, 'short_id', short_id, 'sequence', $8::int)::text) from shown`;
