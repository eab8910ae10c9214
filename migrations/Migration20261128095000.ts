import { Migration } from '@mikro-orm/migrations';

/** Incident documents that are kept by another system. */
export class Migration20261128095000 extends Migration {
  override up(): void {
    this.addSql(`create table external_documents (
      incident_id uuid primary key references incidents on delete cascade,
      ref jsonb not null,
      created_at timestamptz not null default now()
    )`);
  }
}
