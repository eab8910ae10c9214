import { Migration } from '@mikro-orm/migrations';

/** How far each change of many rows has come: see src/db/batched-change.ts. */
export class Migration20261127223000 extends Migration {
  override up(): void {
    this.addSql(`create table batched_changes (
      name text primary key,
      next text,
      done bigint not null default 0,
      total bigint not null,
      started_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      finished_at timestamptz
    )`);
  }
}
