import type { Pool, PoolClient } from 'pg';
import { archiveAll } from '../archive/archiver.ts';
import { eraseHistories } from '../archive/erase-histories.ts';
import { findIncident } from '../archive/incident-runs.ts';
import { correlationLock } from '../contract/locks.ts';
import { incidentWorkflowId } from '../contract/names.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { inUse } from '../retention/in-use.ts';
import { deleteIncidents } from '../retention/old-rows.ts';
import { CannotErase, erasing, type ErasureDeps, type Order } from './erasure.ts';
import { deleteRuns, isRunning } from './temporal-runs.ts';

export interface IncidentToErase {
  readonly id: string;
  readonly shortId: string | null;
  /** What the store has of it, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Archived histories that are not erased yet. */
  readonly histories: number;
}

export interface ErasedIncident {
  readonly histories: number;
  /** Runs that Temporal still had. */
  readonly runs: number;
}

/** What an erasure would take away. @throws CannotErase for one that is unknown, goes on, or may be reopened */
export async function findIncidentToErase(pool: Pool, given: string): Promise<IncidentToErase> {
  const incident = await findIncident(pool, given);
  if (incident === null) throw new CannotErase(`There is no incident ${given}.`);
  const { id, shortId } = incident;
  await requireOver(pool, id);
  const { rows } = await pool.query<Record<string, number>>(
    `select (select count(*)::int from incidents where id = $1) as incidents,
       (select count(*)::int from alerts where incident_id = $1) as alerts,
       (select count(*)::int from alert_deliveries d join alerts a on a.id = d.alert_id where a.incident_id = $1) as alert_deliveries,
       (select count(*)::int from timeline_entries where incident_id = $1) as timeline_entries,
       (select count(*)::int from commands where incident_id = $1) as commands,
       (select count(*)::int from documents where incident_id = $1) as documents,
       (select count(*)::int from deliveries where incident_id = $1) as deliveries`,
    [id],
  );
  const archived = await pool.query<{ n: number }>(
    `select count(*)::int as n from archived_runs where incident_id = $1 and history <> ''`,
    [id],
  );
  return { id, shortId, rows: rows[0] ?? {}, histories: archived.rows[0]?.n ?? 0 };
}

/**
 * Deletes an incident with all that belongs to it, empties its archived histories, and says so in the chain, in one transaction; then
 * Temporal deletes its runs. Cut off anywhere and run again, it ends the same. @throws CannotErase
 */
export function eraseIncident(deps: ErasureDeps, { id, shortId }: IncidentToErase, order: Order): Promise<ErasedIncident> {
  const { pool, client, secrets } = deps;
  const workflowId = incidentWorkflowId(id);
  return erasing(deps, async () => {
    if (await isRunning(client, workflowId))
      throw new CannotErase(`The workflow of ${shortId ?? id} has not ended yet: try again in a minute.`);
    // Its hashes are to stay, also those of a run that closed a moment ago.
    if (!(await archiveAll(deps, null)).complete)
      throw new CannotErase('Not every closed run could be archived: see the log, and try again.');
    const { runIds, histories } = await inTransaction(pool, async (transaction) => {
      // Intake reads which incident an alert belongs to, and writes it: not in between.
      await transaction.query('select pg_advisory_xact_lock($1)', [correlationLock]);
      await requireOver(transaction, id);
      const { rows } = await transaction.query<{ sequence: string; run_id: string; is_gone: boolean }>(
        `select sequence, run_id, history = '' as is_gone from archived_runs where incident_id = $1 order by sequence`,
        [id],
      );
      const stored = await transaction.query('select from incidents where id = $1', [id]);
      const sequences = rows.filter((row) => !row.is_gone).map((row) => Number(row.sequence));
      await deleteIncidents(transaction, [id]);
      await forgetAnswers(transaction, id, shortId);
      if (stored.rowCount !== 0 || sequences.length > 0)
        await eraseHistories(transaction, secrets, { erasure: { what: 'incident', ...order }, sequences, rewrite: () => null });
      return { runIds: rows.map((row) => row.run_id), histories: sequences.length };
    });
    return { histories, runs: await deleteRuns(client, workflowId, runIds) };
  });
}

async function requireOver(client: Pick<PoolClient, 'query'>, id: string): Promise<void> {
  const { rows } = await client.query<{ short_id: string; status: string; reopenable_until: Date | null }>(
    `select i.short_id, i.status, i.resolved_at + make_interval(secs => s.reopen_window_seconds) as reopenable_until
     from incidents i join services s on s.id = i.service_id where i.id = $1 and ${inUse}`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return;
  if (row.status !== 'RESOLVED') throw new CannotErase(`${row.short_id} is open: resolve it first.`);
  if (row.reopenable_until !== null && row.reopenable_until > new Date())
    throw new CannotErase(`An alert can still reopen ${row.short_id}, until ${row.reopenable_until.toISOString()}: erase it after that.`);
  throw new CannotErase(`${row.short_id} still has something to tell somebody: try again in a few minutes.`);
}

/** What was answered to a request that told of it, and what the built-in inbox received. */
async function forgetAnswers(client: PoolClient, id: string, shortId: string | null): Promise<void> {
  const names = [id, ...(shortId === null ? [] : [shortId])];
  await client.query(
    'delete from idempotency_keys where exists (select from unnest($1::text[]) name where position(name in response::text) > 0)',
    [names],
  );
  await client.query(
    `delete from inbox_messages m where exists (select from unnest($1::text[]) name where position(name in m::text) > 0)`,
    [names],
  );
}
