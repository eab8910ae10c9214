import { Migration } from '@mikro-orm/migrations';

/** Alerts that page nobody are few; heartbeats among them are looked for each minute. */
export class Migration20261128000000 extends Migration {
  override up(): void {
    this.addSql(`create index if not exists alerts_suppressed on alerts (source, name) where outcome = 'suppressed'`);
  }
}
