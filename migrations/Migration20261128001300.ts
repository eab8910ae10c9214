import { Migration } from '@mikro-orm/migrations';

/** When a message that did not leave is tried again. */
export class Migration20261128001300 extends Migration {
  override up(): void {
    this.addSql('alter table deliveries add column retry_at timestamptz');
  }
}
