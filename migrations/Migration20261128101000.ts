import { Migration } from '@mikro-orm/migrations';

/** Whether a provider's own place hears of every new incident: new ones do, those that were there go on as they did. */
export class Migration20261128101000 extends Migration {
  override up(): void {
    this.addSql('alter table providers add column every_incident boolean not null default true');
    this.addSql('update providers set every_incident = false');
  }
}
