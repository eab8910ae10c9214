import { Migration } from '@mikro-orm/migrations';

/** What was archived may be erased: only the history, only where an erasure of the same transaction names it, and only to what it says. */
export class Migration20261128010000 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create or replace function refuse_archive_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if to_jsonb(old) - 'history' = to_jsonb(new) - 'history' and exists (
          select from archived_runs e, jsonb_array_elements(convert_from(e.history, 'UTF8')::jsonb -> 'runs') erased
          where e.status = 'erasure' and e.sequence > old.sequence and e.xmin = pg_current_xact_id()::xid
            and (erased ->> 'sequence')::bigint = old.sequence
            and (erased -> 'becomes' = 'null'::jsonb) = (new.history = '')
        ) then
          return new;
        end if;
      end if;
      raise exception 'archived_runs is append-only' using errcode = 'restrict_violation';
    end $$`,
  `create index archived_runs_erasures on archived_runs (sequence) where status = 'erasure'`,
];
