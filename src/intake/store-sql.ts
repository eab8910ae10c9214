import { outboxChannel } from '../contract/names.ts';
import { stragglersMs, type KnownIncident, type Occurrence } from '../domain/correlation.ts';

/** What the store knows of a batch. One round trip: the batch is one JSON value, and so is the answer. */
export interface KnownRow {
  readonly seen: readonly [deliveryId: string, alertId: string, incidentId: string | null][];
  readonly occurrences: readonly (Occurrence & { readonly integrationId: string; readonly fingerprint: string })[];
  readonly incidents: readonly (KnownIncident & { readonly groupingKey: string })[];
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

export interface AlertRow {
  readonly id: string;
  readonly occurrence: Occurrence;
  readonly integration_id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly summary: string;
  readonly service_id: string;
  readonly rule_id: string | null;
  readonly outcome: string;
  readonly labels: object;
  readonly annotations: object;
  readonly links: object;
}

export interface DeliveryRow {
  readonly id: string;
  readonly alert_id: string;
  readonly status: string;
  readonly payload: unknown;
}

export interface OutboxRow {
  readonly incident_id: string;
  readonly rank: number;
  readonly payload: object;
}

/** Of `incidents` with one key, the open one comes first: its `resolved_at` is null, and nulls lead a descending order. */
export const readStatement = {
  name: 'intake-read',
  text: `
  with arrived as (select * from json_to_recordset($1::json) as a(d uuid, n uuid, f text, g text)),
  seen as materialized (
    select d.id, d.alert_id, a.incident_id from alert_deliveries d join alerts a on a.id = d.alert_id
    where d.id in (select d from arrived)
      -- These two may mean something new: it fires again, or what held it back is gone.
      and not (d.status = 'firing' and (a.outcome = 'suppressed' or coalesce(a.end_received_at < now() - interval '${stragglersMs} milliseconds', false)))
  ),
  fresh as materialized (select * from arrived where d not in (select id from seen))
  select
    (select coalesce(json_agg(json_build_array(id, alert_id::text, incident_id)), '[]') from seen) as seen,
    (select coalesce(json_agg(json_build_object(
        'integrationId', a.integration_id, 'fingerprint', a.fingerprint, 'alertId', a.id::text,
        'startsAtMs', (extract(epoch from a.starts_at) * 1000)::bigint,
        'endsAtMs', (extract(epoch from a.ends_at) * 1000)::bigint,
        'endReceivedAtMs', (extract(epoch from a.end_received_at) * 1000)::bigint,
        'lastEventAtMs', (extract(epoch from a.last_event_at) * 1000)::bigint,
        'status', a.status, 'severity', a.severity, 'incidentId', a.incident_id, 'suppressed', a.outcome = 'suppressed')), '[]')
      from (select distinct n, f from fresh) k cross join lateral (
        select * from alerts where integration_id = k.n and fingerprint = k.f order by starts_at desc limit 1
      ) a) as occurrences,
    (select coalesce(json_agg(json_build_object(
        'groupingKey', i.grouping_key, 'incidentId', i.id,
        'resolvedAtMs', (extract(epoch from i.resolved_at) * 1000)::bigint)), '[]')
      from (select distinct g from fresh) k cross join lateral (
        select grouping_key, id, resolved_at from incidents where grouping_key = k.g order by resolved_at desc limit 1
      ) i) as incidents`,
};

/** Ends a payload in a list of them: JSON has no such character but escaped (RFC 8259 §7), so none needs a second coat of quotes. */
export const payloadSeparator = '\x1e';

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
  added as (
    insert into alerts (id, integration_id, source, fingerprint, status, starts_at, ends_at, end_received_at, last_event_at, name, summary, severity,
      service_id, incident_id, rule_id, outcome, labels, annotations, links, deliveries)
    select id, integration_id, source, fingerprint, status, starts_at, ends_at, end_received_at, last_event_at, name, summary, severity,
      service_id, incident_id, rule_id, outcome, labels, annotations, links, deliveries
    from json_to_recordset($2::json) as a(id bigint, integration_id uuid, source text, fingerprint text, status text, starts_at timestamptz,
      ends_at timestamptz, end_received_at timestamptz, last_event_at timestamptz, name text, summary text, severity text, service_id uuid, incident_id uuid,
      rule_id uuid, outcome text, labels jsonb, annotations jsonb, links jsonb, deliveries integer)
  ),
  changed as (
    update alerts a set status = c.status, starts_at = c.starts_at, ends_at = c.ends_at, end_received_at = c.end_received_at, last_event_at = c.last_event_at, severity = c.severity,
      incident_id = c.incident_id, outcome = coalesce(c.outcome, a.outcome), deliveries = a.deliveries + c.count, last_received_at = now()
    from json_to_recordset($3::json) as c(id bigint, status text, starts_at timestamptz, ends_at timestamptz, end_received_at timestamptz,
      last_event_at timestamptz, severity text, incident_id uuid, outcome text, count integer)
    where a.id = c.id
  ),
  counted as (
    update alerts a set deliveries = a.deliveries + c.count, last_received_at = now()
    from json_to_recordset($4::json) as c(id bigint, count integer) where a.id = c.id
  ),
  delivered as (
    insert into alert_deliveries (id, alert_id, status, payload)
    select id::uuid, alert_id::bigint, status, payload::json
    from unnest(string_to_array($6, ','), string_to_array($7, ','), string_to_array($8, ','), string_to_array($9, E'\\x1e')) as d(id, alert_id, status, payload)
    on conflict (id) do update set alert_id = excluded.alert_id, received_at = now()
  ),
  told as (
    insert into outbox (incident_id, rank, kind, payload)
    select incident_id, rank, 'alert', payload from json_to_recordset($5::json) as o(incident_id uuid, rank smallint, payload jsonb)
    returning 1
  )
  select pg_notify('${outboxChannel}', '') where exists (select from told)`,
};

/** When nothing came but what is known: it only counts. */
export const countStatement = {
  name: 'intake-count',
  text: `update alerts a set deliveries = a.deliveries + c.count, last_received_at = now()
    from json_to_recordset($1::json) as c(id bigint, count integer) where a.id = c.id`,
};
