import type { Pool } from 'pg';
import type { AlertGroup } from '../domain/alert-group.ts';

/** Of the latest of them: a storm of more is told by these. */
const lookedAt = 2_000;

/**
 * The alerts of an incident together, as JSON with their links; null where it has none. `incidentId` is SQL.
 * An alert that came back is one more row with the fingerprint of the first.
 */
export const alertGroupSql = (incidentId: string): string => `(
  with taken as materialized (
    select id, fingerprint, name, status, labels, links from alerts where incident_id = ${incidentId} order by id desc limit ${lookedAt}
  ),
  names as (select name, count(distinct fingerprint) as alerts from taken group by name)
  select json_build_object(
    'alerts', count(distinct fingerprint),
    'firing', count(distinct fingerprint) filter (where status = 'firing'),
    'name', (select name from names order by alerts desc, name limit 1),
    'otherNames', (select count(*) - 1 from names),
    'labels', (
      select coalesce(json_agg(json_build_object('label', key, 'values', "values", 'some', "some", 'alerts', alerts) order by key), '[]')
      from (
        select key, count(distinct value) as "values", (array_agg(distinct value))[1:5] as "some", count(distinct fingerprint) as alerts
        from taken, jsonb_each_text(labels) group by key
      ) as label
    ),
    'links', json_build_object(
      'runbook', (select links ->> 'runbook' from taken where links ? 'runbook' order by status, id desc limit 1),
      'source', (select links ->> 'source' from taken where links ? 'source' order by status, id desc limit 1),
      'dashboard', (select links ->> 'dashboard' from taken where links ? 'dashboard' order by status, id desc limit 1)
    )
  ) from taken having count(*) > 0)`;

export interface AlertGroupRow extends AlertGroup {
  /** Of an alert that fires, else of the latest. */
  readonly links: { readonly runbook: string | null; readonly source: string | null; readonly dashboard: string | null };
}

/** By incident; those without alerts are not in it. */
export async function readAlertGroups(pool: Pool, incidentIds: readonly string[]): Promise<ReadonlyMap<string, AlertGroup>> {
  if (incidentIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; alerts: AlertGroupRow | null }>({
    name: 'alert-groups',
    text: `select wanted.id, ${alertGroupSql('wanted.id')} as alerts from unnest($1::uuid[]) as wanted(id)`,
    values: [incidentIds],
  });
  return new Map(rows.flatMap(({ id, alerts }) => (alerts === null ? [] : [[id, alerts]])));
}
