import type { Pool } from 'pg';

export interface History {
  readonly incidents: number;
  readonly alertsEach: number;
}

/**
 * A year of incidents, put straight into the store: 40 services, 10 teams, 50 people and the admin; one in fifty is still open,
 * one in ten was made by a person, one in three is assigned.
 */
export async function seedHistory(pool: Pool, { incidents, alertsEach }: History): Promise<void> {
  for (const statement of statements) await pool.query(statement);
  await pool.query(insertIncidents, [incidents]);
  await pool.query(insertAlerts, [alertsEach]);
  await pool.query('vacuum analyze incidents');
  await pool.query('vacuum analyze alerts');
  await pool.query('checkpoint');
}

const statements = [
  `insert into teams (name) select 'team-' || n from generate_series(0, 9) n`,
  `insert into users (username, display_name) select 'user-' || n, 'User ' || n from generate_series(0, 49) n`,
  `insert into escalation_policies (name) values ('History')`,
  `insert into escalation_policy_versions (policy_id, version, document)
     select id, 1, '{"levels": [], "repeat": 0, "fallback": [], "acknowledged_timeout_seconds": 0}' from escalation_policies where name = 'History'`,
  `insert into services (name, team_id, escalation_policy_id)
     select 'service-' || n, (select id from teams where name = 'team-' || n % 10), (select id from escalation_policies where name = 'History')
     from generate_series(0, 39) n`,
];

const insertIncidents = `
  with words as (select array['redis', 'latency', 'disk', 'checkout', 'queue', 'memory', 'certificate', 'replica', 'login', 'search'] as w),
  people as (select array_agg(id order by username) as ids from users),
  numbered as (select n, now() - n * interval '31536000 seconds' / $1::int as at from generate_series(1, $1::int) n)
  insert into incidents (id, title, severity, status, service_id, team_id, assignee_id, origin, grouping_key, policy_id, policy_version,
    created_at, acknowledged_at, resolved_at, updated_at, sequence)
  select gen_random_uuid(), initcap(w[1 + n % 10]) || ' ' || w[1 + n / 10 % 10] || ' on host' || n % 97,
    (array['SEV1_CRITICAL', 'SEV2_HIGH', 'SEV3_MEDIUM', 'SEV4_LOW'])[1 + (n * 7 + n / 40) % 4],
    case when n % 50 > 0 then 'RESOLVED' when n % 100 = 0 then 'ACKNOWLEDGED' else 'TRIGGERED' end,
    s.id, s.team_id, case when n % 600 = 0 then ids[1] when n % 3 = 0 then ids[1 + n / 3 % 51] end, case when n % 10 = 0 then 'person' else 'alert' end,
    case when n % 10 > 0 then md5('incident ' || n) end, s.escalation_policy_id, 1,
    at, at + interval '3 minutes', case when n % 50 > 0 then at + interval '20 minutes' end, at, 5
  from numbered cross join words cross join people join services s on s.name = 'service-' || n % 40`;

const insertAlerts = `
  with numbered as (select *, row_number() over () as n from incidents),
  base as (select nextval('alert_id_blocks') as first)
  insert into alerts (id, integration_id, source, fingerprint, status, starts_at, last_event_at, name, summary, severity, service_id, incident_id,
    outcome, labels, first_received_at, last_received_at)
  select first + (n - 1) * $1::int + k, (select id from alert_sources where source = 'alertmanager'), 'alertmanager', md5(n || ' ' || k),
    case when i.status = 'RESOLVED' then 'resolved' else 'firing' end, i.created_at, i.created_at, 'HighErrorRate', i.title, i.severity,
    i.service_id, i.id, 'attached', '{"alertname": "HighErrorRate", "job": "demo"}', i.created_at, i.created_at
  from numbered i cross join base cross join generate_series(0, $1::int - 1) k`;
