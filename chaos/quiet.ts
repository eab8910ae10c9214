import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Pages that were decided and are not finished. A plan that came to nothing stays written until something else is: a notice that nobody follows, a level that was acknowledged. */
const isPaging = `(i.status = 'TRIGGERED' and jsonb_path_exists(i.state, '$.plans[*] ? (@.for != "event")')) or jsonb_path_exists(i.state, '$.pages[*] ? (@.outcome == "pending")')`;

/** What is still under way, in words; empty when everything has come to rest. */
async function unrest(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<Record<string, number>>(
    `select
      (select count(*)::int from outbox) as outbox,
      (select count(*)::int from told t join incidents i on i.id = t.incident_id where t.id > coalesce((i.state -> 'alerts' ->> 'version')::bigint, 0)) as told,
      (select count(*)::int from commands where outcome is null) as commands,
      (select count(*)::int from incidents where recorded_at is null) as not_begun,
      (select count(*)::int from incidents where due_at < now() + interval '5 minutes') as due,
      (select count(*)::int from incidents i where ${isPaging}) as paging`,
  );
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0));
}

/** Waits until nothing is under way, seen three times in a row. Returns what still is when the time is over, else null. */
export async function untilQuiet(pool: Pool, withinMs: number): Promise<Record<string, number> | null> {
  let left: Record<string, number> = {};
  let seen = 0;
  for (const deadlineMs = Date.now() + withinMs; Date.now() < deadlineMs; await delay(400)) {
    left = await unrest(pool).catch(() => ({ store: 1 }));
    seen = Object.keys(left).length === 0 ? seen + 1 : 0;
    if (seen === 3) return null;
  }
  return left;
}

/** Why the last attempts failed: for whoever looks for the cause. */
export async function lastErrors(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ error: string; count: number }>(
    `select provider_type || ' ' || state || ': ' || coalesce(error, '') as error, count(*)::int from deliveries
     where state in ('failed', 'unknown') group by 1 order by 2 desc limit 5`,
  );
  return rows.map(({ error, count }) => `${count} times ${error}`);
}

/** The incidents that are still under way, with what is known of their pages: for whoever looks for the cause. */
export async function underWay(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select json_build_object('incident', i.id, 'short_id', i.short_id, 'status', i.status, 'due_at', i.due_at, 'recorded_at', i.recorded_at,
        'plans', i.state -> 'plans', 'pages', jsonb_path_query_array(i.state, '$.pages[*] ? (@.outcome == "pending").id'),
        'deliveries', (select json_agg(json_build_array(d.delivery_id, d.attempt, d.state, d.started_at, d.finished_at, d.error)) from deliveries d
          where d.incident_id = i.id))::text as line
     from incidents i where i.recorded_at is null or ${isPaging} limit 5`,
  );
  return rows.map(({ line }) => line);
}
