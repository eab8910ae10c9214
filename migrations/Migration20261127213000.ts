import { Migration } from '@mikro-orm/migrations';

/**
 * What the system says is stored as a code with values, one column for both: they are written and read together. `message`
 * keeps the words of the versions before, and of processes that still run them; where it is not empty, it counts.
 */
export class Migration20261127213000 extends Migration {
  override up(): void {
    this.addSql(`alter table timeline_entries alter column message set default '', add column said jsonb`);
    this.addSql('alter table commands add column said jsonb');
  }
}
