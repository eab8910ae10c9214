import { Migration } from '@mikro-orm/migrations';

/**
 * An alert source without a secret is closed, unless an admin opens it. One that was open before goes on, marked, until an admin
 * decides. Processes of the version before know nothing of it: to them, one without a secret is open.
 */
export class Migration20261128004000 extends Migration {
  override up(): void {
    this.addSql('alter table alert_sources add column open boolean not null default false');
    this.addSql('alter table alert_sources add column open_since_before boolean not null default false');
    this.addSql(
      'update alert_sources set open = true, open_since_before = true where secret_hash is null and signing_secret is null and is_active',
    );
  }
}
