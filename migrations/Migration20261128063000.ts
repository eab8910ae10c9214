import { Migration } from '@mikro-orm/migrations';

/** Of an incident's last write: the write before it that its history had for good. Null where a version before wrote last. */
export class Migration20261128063000 extends Migration {
  override up(): void {
    this.addSql('alter table incidents add column kept_by bigint');
  }
}
