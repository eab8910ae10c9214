import { Migration } from '@mikro-orm/migrations';

/** Incidents that somebody records without telling anybody. */
export class Migration20261128132000 extends Migration {
  override up(): void {
    this.addSql('alter table incidents add column opened_quietly boolean not null default false');
  }
}
