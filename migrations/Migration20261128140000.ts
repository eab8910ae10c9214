import { Migration } from '@mikro-orm/migrations';

/** What each provider's system said when it was last asked whether we can send. */
export class Migration20261128140000 extends Migration {
  override up(): void {
    this.addSql(`create table provider_checks (
      provider_id uuid primary key references providers (id) on delete cascade,
      checked_at timestamptz not null,
      account text,
      problems jsonb not null default '[]'
    )`);
  }
}
