import { Migration } from '@mikro-orm/migrations';

/**
 * Messages that would flood a person wait, and leave together. What waits is kept; how many left in the last minute is not: a crash of
 * Postgres forgets it. And in which language and on whose clock people read.
 */
export class Migration20261128004500 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table users add column language text check (language in ('en', 'fr')), add column time_zone text`,

  `create unlogged table message_counts (
    provider_id uuid not null references providers on delete cascade,
    user_id uuid not null,
    address text not null,
    kind text not null check (kind in ('any', 'urgent')),
    began_at timestamptz not null,
    messages integer not null,
    primary key (provider_id, user_id, address, kind)
  ) with (fillfactor = 50)`,

  `create table digests (
    id uuid primary key,
    made_at timestamptz not null default now(),
    lease_until timestamptz,
    attempts integer not null default 0,
    retry_at timestamptz,
    reason jsonb,
    cure jsonb
  )`,

  `create table waiting_messages (
    delivery_id text primary key,
    incident_id uuid not null references incidents on delete cascade,
    provider_id uuid not null references providers on delete cascade,
    user_id uuid not null,
    address text not null,
    purpose text not null,
    about jsonb not null,
    due_at timestamptz not null,
    seen_at timestamptz not null default now(),
    digest_id uuid references digests on delete set null
  )`,
  `create index waiting_messages_way on waiting_messages (provider_id, user_id, address)`,
  `create index waiting_messages_digest on waiting_messages (digest_id) where digest_id is not null`,
  `create index waiting_messages_incident on waiting_messages (incident_id)`,

  // {"id", "incidents"}: the message that told of this and others together.
  `alter table deliveries add column digest jsonb`,
];
