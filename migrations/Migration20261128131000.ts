import { Migration } from '@mikro-orm/migrations';

/** Whether somebody who was paged is told that another has the incident. */
export class Migration20261128131000 extends Migration {
  override up(): void {
    this.addSql('alter table users add column tell_when_taken boolean not null default true');
  }
}
