import type { Pool } from 'pg';
import type { AuditedIncident, Fault, Started } from '../domain/audit.ts';
import type { Severity } from '../domain/vocabulary.ts';

export interface IncidentRow extends Omit<AuditedIncident, 'isRunning' | 'isAttended'> {
  readonly id: string;
  readonly policyId: string;
  readonly teamId: string | null;
  readonly policyVersion: number;
  /** When the fallback was told of what is amiss; null when it was not. */
  readonly pagedAtMs: number | null;
  /** Of what the fallback was told. */
  readonly pagedSeverity: Severity | null;
  /** When the fallback was last tried, whether or not anybody was reached. */
  readonly triedAtMs: number | null;
}

/** Commands that the auditor itself gives, so that the timeline shows what it did, are no reason to be worried. */
export const auditCommandPrefix = 'audit/';

/** Every incident that is open, or for which something waits, the severest first; with the store's time. */
export async function readIncidents(pool: Pool): Promise<{ readonly nowMs: number; readonly incidents: readonly IncidentRow[] }> {
  await forgetRecorded(pool);
  const { rows } = await pool.query<IncidentRow & { nowMs: number }>({
    name: 'audit-incidents',
    text: statement,
    values: [`${auditCommandPrefix}%`],
  });
  const nowMs = rows[0]?.nowMs ?? Date.now();
  return { nowMs, incidents: rows };
}

/** The last alert that an incident's workflow knew when it wrote. Read once an incident: it lies in a document of kilobytes. */
const knownVersion = `coalesce((state -> 'alerts' ->> 'version')::bigint, 0)`;

/** The last write of an incident leaves what it was the first to know of, in case that it is decided again. */
async function forgetRecorded(pool: Pool): Promise<void> {
  await pool.query(
    `with known as materialized (
       select id, ${knownVersion} as version from incidents where recorded_at < now() - interval '1 day' and exists (select from told where incident_id = incidents.id)
     )
     delete from told t using known where t.incident_id = known.id and t.id <= known.version`,
  );
}

export const rankOf = (severity: string): string =>
  `array_position(array['SEV1_CRITICAL', 'SEV2_HIGH', 'SEV3_MEDIUM', 'SEV4_LOW'], ${severity})`;
const ms = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`;

const statement = `
  with known as materialized (
    select id, ${knownVersion} as version from incidents where exists (select from told where incident_id = incidents.id)
  ),
  waiting as (
    select incident_id, min(since) filter (where is_alert) as alerts_since, min(since) filter (where not is_alert) as since, array_agg(distinct kind) as kinds,
      min(severity) filter (where kind in ('firing', 'worse') and (taken_at is null or since > taken_at)) as severity,
      max(since) filter (where kind in ('firing', 'worse', 'reopen')) as firing_since,
      (array_agg(json_build_object('kind', kind, 'atMs', ${ms('since')}) order by since desc) filter (where kind in ('acknowledge', 'resolve')))[1] as taken
    from (
      select *, max(since) filter (where kind in ('acknowledge', 'resolve')) over (partition by incident_id) as taken_at from (
        select incident_id, created_at as since, coalesce(payload ->> 'kind', kind) as kind, payload ->> 'severity' as severity, kind = 'alert' as is_alert
          from outbox where kind <> 'command'
        union all select t.incident_id, t.created_at, t.payload ->> 'kind', t.payload ->> 'severity', true from told t join known on known.id = t.incident_id
          where t.id > known.version
        -- One that was told long ago and never answered excuses nothing.
        union all select incident_id, accepted_at, case when accepted_at > now() - interval '10 minutes'
          or exists (select from outbox o where o.incident_id = c.incident_id and o.payload ->> 'commandId' = c.id) then kind else 'unanswered' end, null, false
          from commands c where outcome is null and id not like $1
      ) u
    ) w group by incident_id
  ),
  concerned as (
    select id from incidents where status <> 'RESOLVED'
    -- Resolved, but somebody is yet to be told.
    union select id from incidents where status = 'RESOLVED' and resolved_at > now() - interval '1 day' and due_at is not null
    union select incident_id from waiting union select incident_id from audit_findings
  )
  select i.id, i.status, i.severity, ${rankOf('i.severity')} as rank, i.policy_id as "policyId", i.team_id as "teamId", i.policy_version as "policyVersion", ${ms('now()')} as "nowMs",
    ${ms('i.created_at')} as "createdAtMs", ${ms('i.recorded_at')} as "recordedAtMs", ${ms('i.due_at')} as "dueAtMs",
    -- A workflow that writes is at work on what monitoring tells, however much that is: it waits since the last write.
    least(${ms('w.since')}, case when w.alerts_since is not null then ${ms('greatest(w.alerts_since, i.recorded_at)')} end) as "waitingSinceMs", coalesce(w.kinds, '{}') as waiting, w.taken,
    w.severity as "waitingSeverity", ${ms('w.firing_since')} as "firingSinceMs", i.state -> 'alerts' ->> 'worst' as "worstKnown",
    (i.state -> 'acknowledged' ->> 'timeoutAtMs')::float8 as "acknowledgedUntilMs",
    case when i.status = 'TRIGGERED' and (jsonb_path_exists(i.state, '$.plans[*] ? (@.for != "event")')
      or jsonb_path_exists(i.state, '$.pages[*] ? (@.outcome == "pending" && @.plan.for != "event")'))
      then greatest(${ms('i.recorded_at')}, (select max(${ms('greatest(d.started_at, d.finished_at, d.lease_until)')}) from deliveries d where d.incident_id = i.id and d.purpose = 'page')) end as "owedSinceMs",
    ${ms('f.amiss_since')} as "amissSinceMs", ${ms('f.paged_at')} as "pagedAtMs", ${ms('f.tried_at')} as "triedAtMs", f.paged_severity as "pagedSeverity"
  from concerned c join incidents i on i.id = c.id left join waiting w on w.incident_id = i.id left join audit_findings f on f.incident_id = i.id
  order by i.severity, i.created_at`;

/** Which incidents began within the last so many milliseconds, by rank. Those that waited for more than an hour are none to measure by. */
export async function readStarted(pool: Pool, withinMs: number): Promise<readonly Started[]> {
  const { rows } = await pool.query<Started>({
    name: 'audit-started',
    text: `select ${rankOf('i.severity')} as rank, ${ms('min(i.created_at)')} as "earliestMs", ${ms('max(i.created_at)')} as "latestMs"
      from incidents i join timeline_entries t on t.incident_id = i.id and t.sequence = 1
      where i.created_at > now() - interval '1 hour' and i.recorded_at > now() - $1 * interval '1 millisecond'
        and t.timestamp > now() - $1 * interval '1 millisecond' group by i.severity`,
    values: [withinMs],
  });
  return rows;
}

/** What is amiss now; what is no longer is forgotten. */
export async function keepFindings(pool: Pool, found: readonly { incidentId: string; fault: Fault }[]): Promise<void> {
  await pool.query({
    name: 'audit-keep',
    text: `with arrived as (select * from unnest($1::uuid[], $2::text[]) as a(incident_id, fault)),
      well as (delete from audit_findings where incident_id <> all($1::uuid[]))
      insert into audit_findings (incident_id, fault) select incident_id, fault from arrived
      on conflict (incident_id) do update set fault = excluded.fault where audit_findings.fault <> excluded.fault`,
    values: [found.map(({ incidentId }) => incidentId), found.map(({ fault }) => fault)],
  });
}
