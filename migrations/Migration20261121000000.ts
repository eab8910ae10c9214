import { Migration } from '@mikro-orm/migrations';

/** The spine: what people configure, what came in, what people read, and what was sent. */
export class Migration20261121000000 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const configuration = [
  `create table users (
    id uuid primary key default gen_random_uuid(),
    username text not null,
    email text,
    display_name text not null default '',
    phone text,
    password_hash text,
    is_active boolean not null default true,
    is_staff boolean not null default false,
    contact_methods jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index users_username on users (lower(username))`,

  `create table tokens (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    hash bytea not null unique,
    kind text not null check (kind in ('api', 'session')),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz
  )`,

  `create table teams (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text not null default '',
    contact_methods jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index teams_name on teams (lower(name))`,
  `create table team_members (
    team_id uuid not null references teams on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null default 'member' check (role in ('lead', 'member')),
    primary key (team_id, user_id)
  )`,

  `create table providers (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    type text not null,
    config jsonb not null default '{}',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index providers_name on providers (lower(name))`,

  `create table schedules (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text not null default '',
    team_id uuid references teams on delete set null,
    time_zone text not null default 'UTC',
    layers jsonb not null default '[]',
    overrides jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index schedules_name on schedules (lower(name))`,

  `create table escalation_policies (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text not null default '',
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index escalation_policies_name on escalation_policies (lower(name))`,
  `create table escalation_policy_versions (
    policy_id uuid not null references escalation_policies on delete cascade,
    version integer not null,
    document jsonb not null,
    created_at timestamptz not null default now(),
    created_by text not null default 'system',
    primary key (policy_id, version)
  )`,

  `create table services (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text not null default '',
    team_id uuid references teams on delete set null,
    escalation_policy_id uuid not null references escalation_policies on delete restrict,
    criticality text not null default 'TIER_3_MEDIUM',
    grouping jsonb not null default '{"by": "alert_name"}',
    reopen_window_seconds integer not null default 1800,
    auto_resolve text not null default 'at_once' check (auto_resolve in ('off', 'at_once', 'quiet')),
    quiet_seconds integer not null default 300,
    runbook_url text,
    is_catch_all boolean not null default false,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index services_name on services (lower(name))`,
  `create unique index services_catch_all on services (is_catch_all) where is_catch_all`,

  `create table impact_scopes (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text not null default '',
    emails text[] not null default '{}',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index impact_scopes_name on impact_scopes (lower(name))`,

  `create table integrations (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    source text not null,
    secret_hash bytea,
    signing_secret text,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create unique index integrations_name on integrations (lower(name))`,

  `create table alert_rules (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    position integer not null default 0,
    source text,
    conditions jsonb not null default '[]',
    service_id uuid references services on delete cascade,
    severity text,
    suppress boolean not null default false,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,

  `create table idempotency_keys (
    user_id uuid not null references users on delete cascade,
    key text not null,
    request_hash bytea not null,
    status integer,
    response jsonb,
    created_at timestamptz not null default now(),
    primary key (user_id, key)
  )`,
];

const arrivals = [
  // A bijection on 36^6 numbers, so that short ids look random and never collide: the multiplier shares no factor with 36.
  `create function short_id(n bigint) returns text language plpgsql immutable strict as $$
    declare
      digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
      left_over bigint := (n * 1580030173 + 1013904223) % 2176782336;
      out text := '';
    begin
      for i in 1..6 loop
        out := substr(digits, (left_over % 36)::int + 1, 1) || out;
        left_over := left_over / 36;
      end loop;
      return 'INC-' || out;
    end $$`,
  `create sequence incident_numbers`,

  `create table incidents (
    id uuid primary key,
    short_id text not null unique default short_id(nextval('incident_numbers')),
    title text not null,
    description text not null default '',
    severity text not null,
    status text not null default 'TRIGGERED',
    service_id uuid not null references services,
    team_id uuid references teams on delete set null,
    assignee_id uuid references users on delete set null,
    acknowledged_by text,
    origin text not null check (origin in ('alert', 'person')),
    created_by text,
    grouping_key text,
    policy_id uuid not null,
    policy_version integer not null,
    impact_scope_ids uuid[] not null default '{}',
    runbook_url text,
    document_url text,
    war_room_url text,
    created_at timestamptz not null default now(),
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    updated_at timestamptz not null default now(),
    sequence integer not null default 0,
    recorded_at timestamptz,
    recorded_by bigint,
    epoch integer not null default 0,
    due_at timestamptz,
    state jsonb,
    search tsvector generated always as (to_tsvector('simple', short_id || ' ' || title)) stored
  ) with (fillfactor = 80)`,
  `create unique index incidents_open_key on incidents (grouping_key) where status <> 'RESOLVED' and grouping_key is not null`,
  `create index incidents_last_key on incidents (grouping_key, resolved_at desc) where grouping_key is not null`,
  `create index incidents_open on incidents (severity, created_at) where status <> 'RESOLVED'`,
  `create index incidents_created on incidents (created_at desc, id)`,
  `create index incidents_service on incidents (service_id, created_at desc)`,
  `create index incidents_search on incidents using gin (search)`,

  // Processes take ids in blocks, so that a batch can name its alerts before it writes them.
  `create sequence alert_id_blocks increment by 10000`,
  `create table alerts (
    id bigint primary key,
    integration_id uuid not null,
    source text not null,
    fingerprint text not null,
    status text not null check (status in ('firing', 'resolved')),
    starts_at timestamptz not null,
    ends_at timestamptz,
    end_received_at timestamptz,
    last_event_at timestamptz not null,
    name text not null,
    summary text not null,
    severity text not null,
    service_id uuid not null references services,
    incident_id uuid references incidents,
    rule_id uuid,
    outcome text not null,
    labels jsonb not null default '{}',
    annotations jsonb not null default '{}',
    links jsonb not null default '{}',
    deliveries integer not null default 1,
    first_received_at timestamptz not null default now(),
    last_received_at timestamptz not null default now()
  ) with (fillfactor = 80)`,
  `create unique index alerts_occurrence on alerts (integration_id, fingerprint, starts_at desc)`,
  `create index alerts_incident on alerts (incident_id, status)`,
  `create index alerts_received on alerts (first_received_at desc)`,

  `create table alert_deliveries (
    id uuid primary key,
    alert_id bigint not null,
    status text not null,
    received_at timestamptz not null default now(),
    payload json
  )`,
  `create index alert_deliveries_alert on alert_deliveries (alert_id)`,

  `create table rejected_payloads (
    id bigint generated always as identity primary key,
    source text not null,
    body_hash bytea not null,
    body bytea not null,
    content_type text,
    reason text not null,
    field text,
    count integer not null default 1,
    first_received_at timestamptz not null default now(),
    last_received_at timestamptz not null default now(),
    unique (source, body_hash)
  )`,

  `create table commands (
    id text primary key,
    incident_id uuid not null references incidents on delete cascade,
    kind text not null,
    actor jsonb not null,
    payload jsonb not null default '{}',
    accepted_at timestamptz not null default now(),
    outcome text check (outcome in ('applied', 'refused')),
    message text,
    finished_at timestamptz
  )`,
  `create index commands_pending on commands (incident_id) where outcome is null`,

  `create table outbox (
    id bigint generated always as identity primary key,
    incident_id uuid not null,
    rank smallint not null,
    kind text not null check (kind in ('opened', 'alert', 'command')),
    payload jsonb not null,
    created_at timestamptz not null default now()
  )`,
  `create index outbox_order on outbox (rank, id)`,
  `create index outbox_incident on outbox (incident_id)`,
];

const records = [
  `create table timeline_entries (
    incident_id uuid not null references incidents on delete cascade,
    sequence integer not null,
    timestamp timestamptz not null,
    type text not null,
    message text not null,
    actor jsonb not null,
    data jsonb not null default '{}',
    primary key (incident_id, sequence)
  )`,

  `create table deliveries (
    delivery_id text not null,
    attempt integer not null,
    incident_id uuid references incidents on delete cascade,
    provider_id uuid,
    provider_type text not null,
    user_id uuid,
    address text,
    purpose text not null,
    state text not null check (state in ('sending', 'sent', 'failed', 'skipped', 'unknown')),
    permanent boolean not null default false,
    started_at timestamptz not null default now(),
    lease_until timestamptz,
    finished_at timestamptz,
    receipt text,
    error text,
    primary key (delivery_id, attempt)
  )`,
  `create index deliveries_incident on deliveries (incident_id)`,
  `create index deliveries_started on deliveries (started_at)`,

  `create table documents (
    incident_id uuid primary key references incidents on delete cascade,
    body text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,

  `create table inbox_messages (
    id bigint generated always as identity primary key,
    channel text not null,
    message_key text,
    recipient text not null,
    subject text not null,
    headers jsonb not null default '{}',
    text text,
    html text,
    body jsonb,
    received_at timestamptz not null default now()
  )`,
];

const statements = [...configuration, ...arrivals, ...records];
