import type { Pool } from 'pg';
import type { Registry } from '../../connectors/registry.ts';
import type { Heartbeat } from './silence.ts';

/** The alert that says that a heartbeat has stopped has the heartbeat's own fingerprint with this behind it. */
export const stoppedSuffix = '-stopped';

export interface KnownHeartbeat extends Heartbeat {
  readonly alertSourceId: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When its source was last changed: it may have been switched off, or have refused the beats, until then. */
  readonly sourceSinceMs: number;
  /** The latest alert that said it had stopped. */
  readonly raised: { readonly status: 'firing' | 'resolved'; readonly startedAtMs: number } | null;
}

const statement = `
  select h.*, (
      select json_build_object('status', r.status, 'startedAtMs', floor(extract(epoch from coalesce(r.told_start_at, r.starts_at)) * 1000)::float8)
      from alerts r where r.integration_id = h."alertSourceId" and r.fingerprint = h.fingerprint || $3
      order by r.starts_at desc limit 1) as raised
  from (
    select a.integration_id as "alertSourceId", a.source, a.fingerprint, a.name,
      floor(extract(epoch from s.updated_at) * 1000)::float8 as "sourceSinceMs", sum(a.deliveries)::int as beats,
      floor(extract(epoch from min(a.first_received_at)) * 1000)::float8 as "firstAtMs",
      floor(extract(epoch from max(a.last_received_at)) * 1000)::float8 as "lastAtMs",
      (array_agg(a.labels order by a.starts_at desc))[1] as labels,
      floor(extract(epoch from (array_agg(case when a.status = 'resolved' then coalesce(a.ends_at, a.end_received_at) end
        order by a.starts_at desc))[1]) * 1000)::float8 as "endedAtMs"
    from alerts a join alert_sources s on s.id = a.integration_id and s.is_active
    where a.outcome = 'suppressed' and (a.source, a.name) in (select * from unnest($1::text[], $2::text[]))
      and a.last_received_at > now() - interval '30 days'
    group by a.integration_id, a.source, a.fingerprint, a.name, s.updated_at
  ) h`;

/** Those that came within a month by a source that is in use. */
export async function readHeartbeats(pool: Pool, registry: Registry): Promise<readonly KnownHeartbeat[]> {
  const named = registry.sources().flatMap(({ id, alerts }) => [...(alerts.heartbeats ?? [])].map((name) => ({ id, name })));
  const { rows } = await pool.query<KnownHeartbeat>(statement, [named.map(({ id }) => id), named.map(({ name }) => name), stoppedSuffix]);
  return rows;
}
