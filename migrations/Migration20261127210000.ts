import { Migration } from '@mikro-orm/migrations';

/** Doors for alerts are called alert sources; "integration" is left to systems that we work with. The view serves processes that still run the version before. */
export class Migration20261127210000 extends Migration {
  override up(): void {
    this.addSql('alter table integrations rename to alert_sources');
    this.addSql('alter index integrations_name rename to alert_sources_name');
    this.addSql('create view integrations as select * from alert_sources');
  }
}
