import type { Pool } from 'pg';
import { calmRank } from '../domain/outbox-rank.ts';

/**
 * Incidents that something urgent waits for, the severest first.
 * @param held told nothing
 * @param paused told people's commands alone
 */
export async function urgentIncidents(
  pool: Pool,
  { held, paused, most }: { readonly held: readonly string[]; readonly paused: readonly string[]; readonly most: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ incident_id: string }>({
    name: 'relay-look',
    text: `select incident_id from (
        select incident_id, rank, id from outbox
        where rank < ${calmRank} and incident_id <> all($1::uuid[]) and (kind = 'command' or incident_id <> all($2::uuid[]))
        order by rank, id limit 500
      ) due group by incident_id order by min(rank), min(id) limit $3`,
    values: [held, paused, most],
  });
  return rows.map(({ incident_id: id }) => id);
}

/** Incidents that what can wait waits for. They may have thousands of rows each: it goes from incident to incident, not from row to row. */
export async function calmIncidents(
  pool: Pool,
  { apart, most }: { readonly apart: readonly string[]; readonly most: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ incident_id: string }>({
    name: 'relay-calm-look',
    text: `with recursive waiting as (
        (select incident_id from outbox where rank >= ${calmRank} order by incident_id limit 1)
        union all
        select (select incident_id from outbox where rank >= ${calmRank} and incident_id > waiting.incident_id order by incident_id limit 1)
        from waiting where waiting.incident_id is not null
      )
      select w.incident_id from waiting w cross join lateral (
        select rank from outbox o where o.rank >= ${calmRank} and o.incident_id = w.incident_id order by o.rank limit 1
      ) first where w.incident_id <> all($1::uuid[]) order by first.rank limit $2`,
    values: [apart, most],
  });
  return rows.map(({ incident_id: id }) => id);
}
