import type { Pool } from 'pg';
import type { Registry } from '../../connectors/registry.ts';
import type { Said } from '../../domain/said.ts';
import { severities, type Severity } from '../../domain/vocabulary.ts';
import { accessSql, undecidedAlertSources, type AccessRow } from '../../resources/alert-source-access.ts';
import { presentSaid } from '../said.ts';

type BySeverity = Record<Severity, number>;

const hoursShown = 24;
/** Over which response times are taken. */
export const responseDays = 30;
/** A due act that is later than this has been forgotten, not delayed. Seconds. */
const overdueAfterSeconds = 60;

const noneOf = (): BySeverity => Object.fromEntries(severities.map((severity) => [severity, 0])) as BySeverity;

export async function openIncidents(pool: Pool) {
  const { rows } = await pool.query<{ severity: Severity; status: string; count: number; oldest: Date }>(
    `select severity, status, count(*)::int as count, min(created_at) as oldest
     from incidents where status <> 'RESOLVED' group by severity, status`,
  );
  const bySeverity = noneOf();
  for (const row of rows) bySeverity[row.severity] += row.count;
  const oldestMs = Math.min(...rows.map((row) => row.oldest.getTime()));
  return {
    total: rows.reduce((sum, row) => sum + row.count, 0),
    triggered: rows.filter((row) => row.status === 'TRIGGERED').reduce((sum, row) => sum + row.count, 0),
    oldest_at: rows.length === 0 ? null : new Date(oldestMs).toISOString(),
    by_severity: bySeverity,
  };
}

/** Incidents opened in each of the last 24 hours, this one included; every hour is there. */
export async function incidentsByHour(pool: Pool) {
  const { rows } = await pool.query<{ hour: Date; counts: Partial<BySeverity> | null }>(
    `with hours as (
       select generate_series(date_trunc('hour', now()) - make_interval(hours => $1 - 1), date_trunc('hour', now()), interval '1 hour') as hour
     ), opened as (
       select date_trunc('hour', created_at) as hour, severity, count(*)::int as count
       from incidents where created_at >= date_trunc('hour', now()) - make_interval(hours => $1 - 1)
       group by 1, 2
     )
     select h.hour, (select json_object_agg(o.severity, o.count) from opened o where o.hour = h.hour) as counts
     from hours h order by h.hour`,
    [hoursShown],
  );
  return rows.map(({ hour, counts }) => ({ hour: hour.toISOString(), by_severity: { ...noneOf(), ...counts } }));
}

export async function alertsLastDay(pool: Pool) {
  const { rows } = await pool.query<{ received: number; repeats: number; suppressed: number; rejected: number }>(
    `select count(*)::int as received, coalesce(sum(deliveries - 1), 0)::int as repeats,
       (count(*) filter (where incident_id is null))::int as suppressed,
       (select coalesce(sum(count), 0)::int from rejected_payloads where last_received_at > now() - interval '1 day') as rejected
     from alerts where first_received_at > now() - interval '1 day'`,
  );
  return rows[0] ?? { received: 0, repeats: 0, suppressed: 0, rejected: 0 };
}

interface SpreadRow {
  readonly count: number;
  readonly median_seconds: number | null;
  readonly p90_seconds: number | null;
}

export async function responseTimes(pool: Pool) {
  const spread = async (until: 'acknowledged_at' | 'resolved_at'): Promise<SpreadRow> => {
    const { rows } = await pool.query<SpreadRow>(
      `select count(*)::int as count,
         percentile_cont(0.5) within group (order by seconds) as median_seconds,
         percentile_cont(0.9) within group (order by seconds) as p90_seconds
       from (select extract(epoch from ${until} - created_at)::float8 as seconds from incidents
             where created_at > now() - make_interval(days => $1) and ${until} is not null) taken`,
      [responseDays],
    );
    return rows[0] ?? { count: 0, median_seconds: null, p90_seconds: null };
  };
  const [acknowledged, resolved] = await Promise.all([spread('acknowledged_at'), spread('resolved_at')]);
  return { days: responseDays, acknowledged, resolved };
}

/** By provider, over a day; of several attempts at one delivery the last counts. */
export async function deliveriesByProvider(pool: Pool) {
  const { rows } = await pool.query<{ provider: string; type: string; sent: number; failed: number; skipped: number; unknown: number }>(
    `select coalesce(p.name, d.provider_type) as provider, d.provider_type as type,
       (count(*) filter (where d.state = 'sent'))::int as sent,
       (count(*) filter (where d.state = 'failed'))::int as failed,
       (count(*) filter (where d.state = 'skipped'))::int as skipped,
       (count(*) filter (where d.state in ('unknown', 'sending')))::int as unknown
     from (select distinct on (delivery_id) * from deliveries where started_at > now() - interval '1 day'
           order by delivery_id, attempt desc) d
     left join providers p on p.id = d.provider_id
     group by 1, 2 order by count(*) desc, 1`,
  );
  return rows;
}

/** Alert sources that are open only because they were so before. */
export async function undecidedSources(
  pool: Pool,
  { registry, isDemo }: { readonly registry: Registry; readonly isDemo: boolean },
): Promise<{ readonly id: string; readonly name: string }[]> {
  const { rows } = await pool.query<AccessRow>(accessSql);
  return undecidedAlertSources(rows, registry, isDemo).map(({ id, name }) => ({ id, name }));
}

export async function health(pool: Pool, temporalReachable: () => Promise<boolean>) {
  const startedMs = performance.now();
  const { rows } = await pool.query<{ waiting: number; oldest: number | null; last_received_at: Date | null; overdue: number }>(
    `select
       (select count(*)::int from (select 1 from outbox limit 10000) waiting) as waiting,
       (select extract(epoch from now() - min(created_at))::float8 from outbox) as oldest,
       (select max(first_received_at) from alerts) as last_received_at,
       (select count(*)::int from incidents where status <> 'RESOLVED' and due_at < now() - make_interval(secs => $1)) as overdue`,
    [overdueAfterSeconds],
  );
  const postgresMs = performance.now() - startedMs;
  const row = rows[0];
  return {
    postgres_ms: Math.round(postgresMs * 10) / 10,
    temporal: await temporalReachable(),
    outbox: { waiting: row?.waiting ?? 0, oldest_seconds: row?.oldest ?? null },
    last_alert_at: row?.last_received_at?.toISOString() ?? null,
    intake_lag_seconds: await intakeLag(pool),
    overdue: row?.overdue ?? 0,
  };
}

/** Median seconds from an alert's arrival to its incident's first timeline entry, over the last hour. */
async function intakeLag(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ lag: number | null }>(
    `select percentile_cont(0.5) within group (order by extract(epoch from t.timestamp - i.created_at))::float8 as lag
     from incidents i join timeline_entries t on t.incident_id = i.id and t.sequence = 1
     where i.created_at > now() - interval '1 hour'`,
  );
  const lag = rows[0]?.lag ?? null;
  return lag === null ? null : Math.max(0, lag);
}

/** Of a schedule or a provider. */
interface ProblemRow {
  readonly id: string;
  readonly name: string;
  readonly problems: readonly ({ readonly reason: Said; readonly cure: Said | null } | null)[];
}

/** Schedules of which the chat does not show who is on call, and why. */
export async function handoverWarnings(pool: Pool) {
  const { rows } = await pool.query<ProblemRow>(
    `select s.id, s.name, json_build_array(h.group_problem, h.post_problem) as problems
     from handovers h join schedules s on s.id = h.schedule_id where h.group_problem is not null or h.post_problem is not null order by s.name`,
  );
  return problemsOf(rows).map(({ of: schedule, ...problem }) => ({ schedule, ...problem }));
}

/** Providers that cannot send, or not all that they should, and why. */
export async function providerWarnings(pool: Pool) {
  const { rows } = await pool.query<ProblemRow>(
    `select p.id, p.name, c.problems from provider_checks c join providers p on p.id = c.provider_id
     where p.is_active and jsonb_array_length(c.problems) > 0 order by p.name`,
  );
  return problemsOf(rows).map(({ of: provider, ...problem }) => ({ provider, ...problem }));
}

const problemsOf = (rows: readonly ProblemRow[]) =>
  rows.flatMap(({ id, name, problems }) =>
    problems
      .filter((problem) => problem !== null)
      .map(({ reason, cure }) => ({ of: { id, name }, reason: presentSaid(reason), cure: cure === null ? null : presentSaid(cure) })),
  );
