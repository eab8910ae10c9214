import { Migration } from '@mikro-orm/migrations';

/** What the auditor needs: alerts that a workflow was told and has not recorded yet, and what it found amiss. */
export class Migration20261121110000 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // An outbox row on its way: Temporal has it, the incident's stored state does not. Whatever becomes of Temporal, it can be told again.
  `create table told (
    incident_id uuid not null,
    id bigint not null,
    rank smallint not null,
    payload jsonb not null,
    created_at timestamptz not null,
    primary key (incident_id, id)
  )`,

  `create table audit_findings (
    incident_id uuid primary key references incidents on delete cascade,
    fault text not null,
    amiss_since timestamptz not null default now(),
    rearmed_at timestamptz,
    paged_at timestamptz
  )`,

  // When a look began, by whichever process: one is enough.
  `create table audit_looks (
    only_row boolean primary key default true check (only_row),
    begun_at timestamptz not null
  )`,
];
