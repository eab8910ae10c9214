import { Migration } from '@mikro-orm/migrations';

/** How far the going through all alerts has come, for what is kept of them and how much of each source. */
export class Migration20261127230000 extends Migration {
  override up(): void {
    this.addSql(`create table retention_pass (
      only_row boolean primary key default true check (only_row),
      before_id bigint,
      totals jsonb not null default '{}',
      finished_at timestamptz
    )`);
  }
}
