import { Migration } from '@mikro-orm/migrations';

/** A body that was not understood keeps the headers that say how it is read, so that another try reads it as the first did. */
export class Migration20261127215000 extends Migration {
  override up(): void {
    this.addSql(`alter table rejected_payloads add column headers jsonb not null default '{}'`);
  }
}
