import { Migration } from '@mikro-orm/migrations';

/** User groups that follow a schedule, and what of its hand-overs the chat was told: one row a schedule, from its first look on. */
export class Migration20261128120000 extends Migration {
  override up(): void {
    this.addSql(`alter table schedules
      add column user_group text,
      add column user_group_provider_id uuid references providers (id),
      add column announce_handovers boolean not null default true`);
    this.addSql('create index schedules_user_group_provider on schedules (user_group_provider_id)');
    this.addSql(`create table handovers (
      schedule_id uuid primary key references schedules (id) on delete cascade,
      on_call_id uuid references users (id) on delete set null,
      sequence integer not null default 0,
      posting text,
      post_problem jsonb,
      post_failures integer not null default 0,
      post_retry_at timestamptz,
      group_set text,
      group_problem jsonb,
      group_failures integer not null default 0,
      group_retry_at timestamptz
    )`);
  }
}
