import { Migration } from '@mikro-orm/migrations';

/** War rooms, what they show, and whom they know; people's accounts at the vendors of chats. */
export class Migration20261128092000 extends Migration {
  override up(): void {
    this.addSql(`create table war_rooms (
      incident_id uuid primary key references incidents on delete cascade,
      provider_id uuid not null,
      provider_type text not null,
      ref jsonb not null,
      name text not null,
      shown text,
      welcome jsonb,
      welcome_shown text,
      is_pinned boolean not null default false,
      invited uuid[] not null default '{}',
      created_at timestamptz not null default now(),
      closed_at timestamptz
    )`);
    this.addSql(`create index war_rooms_open on war_rooms (created_at) where closed_at is null`);
    this.addSql(`create unique index war_rooms_ref on war_rooms (provider_id, (ref ->> 'id'))`);
    this.addSql(`create table chat_accounts (
      provider_id uuid not null references providers on delete cascade,
      account_id text not null,
      user_id uuid not null references users on delete cascade,
      name text not null default '',
      created_at timestamptz not null default now(),
      primary key (provider_id, account_id)
    )`);
    this.addSql(`create index chat_accounts_user on chat_accounts (user_id)`);
    this.addSql('alter table services add column private_war_room boolean not null default false');
  }
}
