import { Migration } from '@mikro-orm/migrations';

/** When a message that did not leave is tried again, and who opened an incident by hand: for somebody else, who is to be told, or not. */
export class Migration20261128010100 extends Migration {
  override up(): void {
    this.addSql('alter table deliveries add column retry_at timestamptz');
    this.addSql('alter table incidents add column created_by_id uuid');
  }
}
