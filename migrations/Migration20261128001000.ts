import { Migration } from '@mikro-orm/migrations';

/** What incidents may be told with what follows (rank 16 and above): whom it waits for is found without reading every row. */
export class Migration20261128001000 extends Migration {
  override up(): void {
    this.addSql(`create index if not exists outbox_calm on outbox (incident_id, rank) where rank >= 16`);
  }
}
