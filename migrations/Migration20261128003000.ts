import { Migration } from '@mikro-orm/migrations';

/**
 * What people write in an incident's document: each version of each section is a row that is only added. What the system knows of the
 * incident is read where it lies; `documents.body` keeps the text of documents that were made before.
 */
export class Migration20261128003000 extends Migration {
  override up(): void {
    this.addSql(`create table document_edits (
      incident_id uuid not null references documents on delete cascade,
      section text not null,
      version integer not null check (version > 0),
      text text not null,
      actor jsonb not null,
      restored_from integer,
      edited_at timestamptz not null default now(),
      primary key (incident_id, section, version)
    )`);
    this.addSql(`alter table documents alter column body set default ''`);
  }
}
