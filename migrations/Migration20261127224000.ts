import { Migration } from '@mikro-orm/migrations';

/** Which times of an alert its source told: a clock of others is never compared with ours. `last_event_at` is null where none was. */
export class Migration20261127224000 extends Migration {
  override up(): void {
    this.addSql('alter table alerts add column told_start_at timestamptz');
    this.addSql('alter table alerts alter column last_event_at drop not null');
  }
}
