import { Migration } from '@mikro-orm/migrations';

/** Phones and desktops that take push messages. How one is reached is a secret: whoever has it could send, or be sent to. */
export class Migration20261128102000 extends Migration {
  override up(): void {
    this.addSql(`create table devices (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      provider_id uuid not null references providers (id) on delete cascade,
      name text not null,
      reached_by text not null,
      reached_by_hash text not null unique,
      added_at timestamptz not null default now(),
      seen_at timestamptz not null default now(),
      gone_at timestamptz,
      warned_at timestamptz
    )`);
    this.addSql('create index devices_user on devices (user_id)');
    this.addSql('create index devices_provider on devices (provider_id)');
  }
}
