import { Migration } from '@mikro-orm/migrations';

/** The archive of closed runs: kept for ever, so it hangs on no other table, and rows are only ever added. */
export class Migration20261121100000 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table archived_runs (
    sequence bigint primary key,
    run_id uuid not null unique,
    workflow_id text not null,
    incident_id uuid not null,
    short_id text,
    status text not null,
    events integer not null,
    started_at timestamptz not null,
    closed_at timestamptz not null,
    archived_at timestamptz not null,
    size_bytes bigint not null,
    content_hash text not null,
    previous_hash text not null,
    hash text not null,
    history bytea not null
  )`,
  // It is compressed already.
  `alter table archived_runs alter column history set storage external`,
  `create index archived_runs_incident on archived_runs (incident_id, closed_at)`,

  // What it says is sealed under the installation's key: nobody without it can make the end of the chain look right.
  `create table archive_head (
    only_row boolean primary key default true check (only_row),
    sealed text not null,
    updated_at timestamptz not null default now()
  )`,

  // Incidents whose run Temporal no longer knew when the archiver asked.
  `create table archive_absences (
    incident_id uuid primary key,
    asked_at timestamptz not null default now()
  )`,

  // Against slips of the hand. Whoever may drop a trigger can get round it; then the chain shows it.
  `create function refuse_archive_change() returns trigger language plpgsql as $$
    begin
      raise exception 'archived_runs is append-only' using errcode = 'restrict_violation';
    end $$`,
  `create trigger archived_runs_append_only before update or delete on archived_runs
    for each row execute function refuse_archive_change()`,
  `create trigger archived_runs_no_truncate before truncate on archived_runs
    for each statement execute function refuse_archive_change()`,

  // The archiver asks for what was resolved lately.
  `create index incidents_resolved on incidents (resolved_at) where status = 'RESOLVED'`,
];
