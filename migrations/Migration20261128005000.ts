import { Migration } from '@mikro-orm/migrations';

/**
 * Which write of its incident answered a command. Where Temporal makes the workflow decide that again, the command is new to it. Null for what a
 * version before answered.
 */
export class Migration20261128005000 extends Migration {
  override up(): void {
    this.addSql('alter table commands add column answered_by bigint');
    this.addSql('create index commands_incident on commands (incident_id)');
  }
}
