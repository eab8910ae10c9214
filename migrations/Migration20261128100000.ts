import { Migration } from '@mikro-orm/migrations';

/** In which attempt at a workflow task the last write was made: attempts at the same task have one number. */
export class Migration20261128100000 extends Migration {
  override up(): void {
    this.addSql('alter table incidents add column recorded_in double precision');
  }
}
