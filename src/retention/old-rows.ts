import type { Pool, PoolClient } from 'pg';
import { correlationLock } from '../contract/locks.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { inUse } from './in-use.ts';

const perStep = 1_000;
/** An incident has many rows. */
const incidentsPerStep = 50;

/** Deletes some attempts of the ledger that are older; the ledger of what goes on says what was sent already. Returns how many; 0 when none is left. */
export async function deleteOldDeliveries(pool: Pool, days: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from deliveries where (delivery_id, attempt) in (
       select d.delivery_id, d.attempt from deliveries d left join incidents i on i.id = d.incident_id left join services s on s.id = i.service_id
       where d.started_at < now() - make_interval(days => $1) and not coalesce(${inUse}, false) order by d.started_at limit $2)`,
    [days, perStep],
  );
  return rowCount ?? 0;
}

/** Deletes when the next message of a provider or an address may leave, where that is past. Returns how many. */
export async function deleteOldTurns(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(`delete from pacing where next_free_at < now() - interval '1 hour'`);
  return rowCount ?? 0;
}

/** Deletes links and reply addresses that have done nothing for a month. Returns how many. */
export async function deleteOldAnswers(pool: Pool): Promise<number> {
  const old = `where expires_at < now() - interval '30 days'`;
  const links = await pool.query(`delete from answer_links ${old}`);
  const replies = await pool.query(`delete from reply_addresses ${old}`);
  return (links.rowCount ?? 0) + (replies.rowCount ?? 0);
}

/**
 * Deletes some incidents that were resolved longer ago, with their alerts, timeline, document and deliveries. Their archived histories stay:
 * the chain needs every link. Returns how many; 0 when none is left.
 */
export function deleteOldIncidents(pool: Pool, days: number): Promise<number> {
  return inTransaction(pool, async (client) => {
    // Intake reads which incident an alert belongs to, and writes it: not in between.
    await client.query('select pg_advisory_xact_lock($1)', [correlationLock]);
    const { rows } = await client.query<{ id: string }>(
      `select i.id from incidents i join services s on s.id = i.service_id
       where i.status = 'RESOLVED' and i.resolved_at < now() - make_interval(days => $1) and not ${inUse}
       order by i.resolved_at limit $2 for update of i skip locked`,
      [days, incidentsPerStep],
    );
    const ids = rows.map(({ id }) => id);
    await deleteIncidents(client, ids);
    return ids.length;
  });
}

/** With all that belongs to them. In the caller's transaction, which holds `correlationLock`. */
export async function deleteIncidents(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query(
    `with gone as (delete from alerts where incident_id = any($1::uuid[]) returning id)
     delete from alert_deliveries where alert_id in (select id from gone)`,
    [ids],
  );
  await client.query('delete from incidents where id = any($1::uuid[])', [ids]);
}
