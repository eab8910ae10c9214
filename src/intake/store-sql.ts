import { correlationLock } from '../contract/locks.ts';
import { outboxChannel } from '../contract/names.ts';
import { stragglersMs, type KnownIncident, type Occurrence } from '../domain/correlation.ts';
import type { Grouping } from '../domain/grouping.ts';
import { insertOf } from './columns.ts';
import { alertColumns, deliveryColumns, outboxColumns } from './store-columns.ts';

/** What the store knows of a batch, in one row. */
export interface KnownRow {
  readonly services: readonly ServiceRow[];
  readonly seen: readonly [deliveryId: string, alertId: string, incidentId: string | null][];
  readonly occurrences: readonly (Occurrence & { readonly alertSourceId: string; readonly fingerprint: string })[];
  readonly incidents: readonly (KnownIncident & { readonly groupingKey: string })[];
}

export interface ServiceRow {
  readonly id: string;
  readonly grouping: Grouping;
  readonly reopenWindowSeconds: number;
}

export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly service_id: string;
  readonly grouping_key: string;
  readonly runbook_url: string | null;
}

/**
 * The lock must be held before what is known is read: each statement sees what was committed before it began.
 *
 * Everything is looked up by its key, so no plan but one of nested loops over indexes is ever right. Left to itself, Postgres plans for
 * the empty tables of a first start, and would read all of them for each batch until it has counted them a minute later.
 */
export const lockStatement = {
  text: `begin; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
    set local plan_cache_mode = force_generic_plan; select pg_advisory_xact_lock(${correlationLock})`,
};

export const commitStatement = { text: 'commit' };

/** Of `incidents` with one key, the open one comes first: its `resolved_at` is null, and nulls lead a descending order. */
export const readStatement = {
  name: 'intake-read',
  text: `
  with arrived as materialized (
    select unnest($1::uuid[]) as d, unnest($2::uuid[]) as n, json_array_elements_text($3::json) as f, unnest($4::text[]) as g
  ),
  seen as materialized (
    select d.id, d.alert_id, a.incident_id from alert_deliveries d join alerts a on a.id = d.alert_id
    where d.id in (select d from arrived)
      -- These may mean something new: what held it back is gone, it fires again, or it fires on though its incident was resolved.
      and not (d.status = 'firing' and (a.outcome = 'suppressed' or coalesce(a.end_received_at < now() - interval '${stragglersMs} milliseconds', false)
        or exists (select from incidents i where i.id = a.incident_id and i.resolved_at < now() - interval '${stragglersMs} milliseconds')))
      -- So may an end with the time of an earlier one, where only such times tell occurrences apart.
      and not (d.status = 'resolved' and a.told_start_at is null and exists (select from alerts n where n.integration_id = a.integration_id and n.fingerprint = a.fingerprint
        and n.starts_at > a.starts_at and n.status = 'firing'))
  ),
  fresh as materialized (select * from arrived where d not in (select id from seen)),
  -- Nobody deletes them until what names them is committed; a foreign key would lock them once an alert.
  named as materialized (select id, grouping, reopen_window_seconds from services where id = any($5::uuid[]) for key share)
  select
    (select coalesce(json_agg(json_build_object('id', id, 'grouping', grouping, 'reopenWindowSeconds', reopen_window_seconds)), '[]')
      from named) as services,
    (select coalesce(json_agg(json_build_array(id, alert_id::text, incident_id)), '[]') from seen) as seen,
    (select coalesce(json_agg(json_build_object(
        'alertSourceId', a.integration_id, 'fingerprint', a.fingerprint, 'alertId', a.id::text,
        'startsAtMs', (extract(epoch from a.starts_at) * 1000)::bigint,
        'endsAtMs', (extract(epoch from a.ends_at) * 1000)::bigint,
        'endReceivedAtMs', (extract(epoch from a.end_received_at) * 1000)::bigint,
        'toldStartMs', (extract(epoch from a.told_start_at) * 1000)::bigint,
        'toldAtMs', (extract(epoch from a.last_event_at) * 1000)::bigint,
        'status', a.status, 'severity', a.severity, 'incidentId', a.incident_id, 'suppressed', a.outcome = 'suppressed',
        'incidentResolvedAtMs', (extract(epoch from (select i.resolved_at from incidents i where i.id = a.incident_id)) * 1000)::bigint)), '[]')
      from (select distinct n, f from fresh) k cross join lateral (
        select * from alerts where integration_id = k.n and fingerprint = k.f order by starts_at desc limit 1
      ) a) as occurrences,
    (select coalesce(json_agg(json_build_object(
        'groupingKey', i.grouping_key, 'incidentId', i.id, 'severity', i.severity,
        'resolvedAtMs', (extract(epoch from i.resolved_at) * 1000)::bigint)), '[]')
      from (select distinct g from fresh) k cross join lateral (
        select grouping_key, id, severity, resolved_at from incidents where grouping_key = k.g order by resolved_at desc limit 1
      ) i) as incidents`,
};

/** The first four parameters of `writeStatement` are its own; the columns of what is added follow. */
const alertsFrom = 5;
const deliveriesFrom = alertsFrom + alertColumns.length;
const outboxFrom = deliveriesFrom + deliveryColumns.length;

/** A new incident takes its team, its policy at today's version and its runbook from the service. */
export const writeStatement = {
  name: 'intake-write',
  text: `
  with opened as (
    insert into incidents (id, title, description, severity, service_id, team_id, origin, grouping_key, policy_id, policy_version, runbook_url)
    select i.id, i.title, i.description, i.severity, s.id, s.team_id, 'alert', i.grouping_key, p.id, p.version, coalesce(i.runbook_url, s.runbook_url)
    from json_to_recordset($1::json) as i(id uuid, title text, description text, severity text, service_id uuid, grouping_key text, runbook_url text)
    join services s on s.id = i.service_id join escalation_policies p on p.id = s.escalation_policy_id
  ),
  changed as (
    update alerts a set status = c.status, starts_at = c.starts_at, ends_at = c.ends_at, end_received_at = c.end_received_at, told_start_at = c.told_start_at, last_event_at = c.last_event_at, severity = c.severity,
      incident_id = c.incident_id, outcome = coalesce(c.outcome, a.outcome), deliveries = a.deliveries + c.count, last_received_at = now()
    from json_to_recordset($2::json) as c(id bigint, status text, starts_at timestamptz, ends_at timestamptz, end_received_at timestamptz,
      told_start_at timestamptz, last_event_at timestamptz, severity text, incident_id uuid, outcome text, count integer)
    where a.id = c.id
  ),
  counted as (
    update alerts a set deliveries = a.deliveries + c.count, last_received_at = now()
    from unnest($3::bigint[], $4::integer[]) as c(id, count) where a.id = c.id
  ),
  added as (
    ${insertOf('alerts', alertColumns, alertsFrom)}
  ),
  delivered as (
    ${insertOf('alert_deliveries', deliveryColumns, deliveriesFrom)}
    on conflict (id) do update set alert_id = excluded.alert_id, received_at = now()
  ),
  told as (
    ${insertOf('outbox', outboxColumns, outboxFrom)}
    returning 1
  )
  select pg_notify('${outboxChannel}', '') where exists (select from told)`,
};

/** When nothing came but what is known: it only counts. */
export const countStatement = {
  name: 'intake-count',
  text: `update alerts a set deliveries = a.deliveries + c.count, last_received_at = now()
    from unnest($1::bigint[], $2::integer[]) as c(id, count) where a.id = c.id`,
};
