import type { Pool } from 'pg';
import { correlationLock } from '../contract/locks.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { inUse } from './in-use.ts';
import { decideKept, type MetAlert, type Totals } from './kept.ts';
import type { RetentionSettings } from './settings.ts';

export interface Deleted {
  readonly alerts: number;
  readonly bodies: number;
}

/** Alerts of one step: intake waits for one at most. */
const perStep = 500;

/**
 * One step of going through all alerts from the newest to the oldest, from where the last one, of whichever process, stopped. Null when
 * the pass is over, and its next is not due.
 */
export async function nextStep(pool: Pool, settings: RetentionSettings, passEveryMs: number): Promise<Deleted | null> {
  const { beforeId, totals, due } = await readPass(pool, passEveryMs);
  if (!due) return null;
  const met = await readAlerts(pool, beforeId);
  const last = met.at(-1);
  const verdict = decideKept(met, totals, settings);
  const deleted = await deleteWhat(pool, verdict, settings);
  await pool.query(
    `insert into retention_pass (before_id, totals, finished_at) values ($1, $2, case when $1::bigint is null then now() end)
     on conflict (only_row) do update set before_id = excluded.before_id, totals = excluded.totals, finished_at = excluded.finished_at`,
    last === undefined ? [null, '{}'] : [last.id, JSON.stringify(verdict.totals)],
  );
  return deleted;
}

async function readPass(pool: Pool, passEveryMs: number): Promise<{ beforeId: string | null; totals: Totals; due: boolean }> {
  const { rows } = await pool.query<{ before_id: string | null; totals: Totals; due: boolean }>(
    `select before_id::text, totals, finished_at is null or finished_at <= now() - make_interval(secs => $1) as due from retention_pass`,
    [passEveryMs / 1_000],
  );
  const row = rows[0];
  return row === undefined ? { beforeId: null, totals: {}, due: true } : { beforeId: row.before_id, totals: row.totals, due: row.due };
}

async function readAlerts(pool: Pool, beforeId: string | null): Promise<readonly MetAlert[]> {
  const { rows } = await pool.query<MetAlert>(
    `select a.id::text, a.integration_id as "sourceId", extract(epoch from now() - a.last_received_at)::float8 / 86400 as "ageDays",
       coalesce(${inUse}, false) as "inUse",
       (select coalesce(sum(pg_column_size(payload)), 0)::float8 from alert_deliveries where alert_id = a.id) as "bodyBytes"
     from alerts a left join incidents i on i.id = a.incident_id left join services s on s.id = i.service_id
     where $1::bigint is null or a.id < $1 order by a.id desc limit $2`,
    [beforeId, perStep],
  );
  return rows;
}

async function deleteWhat(
  pool: Pool,
  { alerts, bodies, oldBodies }: Pick<ReturnType<typeof decideKept>, 'alerts' | 'bodies' | 'oldBodies'>,
  { bodiesDays }: RetentionSettings,
): Promise<Deleted> {
  const emptied = await pool.query(
    `update alert_deliveries set payload = null where payload is not null and (alert_id = any($1::bigint[])
       or alert_id = any($2::bigint[]) and received_at < now() - make_interval(days => $3::int))`,
    [bodies, oldBodies, bodiesDays],
  );
  const deleted = alerts.length === 0 ? 0 : await deleteAlerts(pool, alerts);
  return { alerts: deleted, bodies: emptied.rowCount ?? 0 };
}

/** Under the lock of intake, and looked at once more: an alert that comes again in this moment stays. */
function deleteAlerts(pool: Pool, ids: readonly string[]): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [correlationLock]);
    const { rowCount } = await client.query(
      `with gone as (
         delete from alerts where id in (
           select a.id from alerts a left join incidents i on i.id = a.incident_id left join services s on s.id = i.service_id
           where a.id = any($1::bigint[]) and a.last_received_at < now() - interval '1 day' and not coalesce(${inUse}, false))
         returning id),
       sent as (delete from alert_deliveries where alert_id in (select id from gone))
       select from gone`,
      [ids],
    );
    return rowCount ?? 0;
  });
}
