import { Migration } from '@mikro-orm/migrations';

/** What a message that was sent shows of its incident, so that it can be kept in step; one in a thread shows what was new once. */
export class Migration20261128091000 extends Migration {
  override up(): void {
    this.addSql('alter table deliveries add column shown text, add column is_reply boolean not null default false');
  }
}
