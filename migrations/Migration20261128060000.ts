import { Migration } from '@mikro-orm/migrations';

/** Whether whoever has an acknowledged incident is told of alerts with other labels that join it. */
export class Migration20261128060000 extends Migration {
  override up(): void {
    this.addSql('alter table services add column notify_on_other_labels boolean not null default true');
  }
}
