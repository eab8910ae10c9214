import { Migration } from '@mikro-orm/migrations';

/** What a service adds to each of its messages, and the words of a provider's own for title and body. */
export class Migration20261128130000 extends Migration {
  override up(): void {
    this.addSql(`alter table services add column message_note text not null default ''`);
    this.addSql('alter table providers add column title_template text, add column body_template text');
  }
}
