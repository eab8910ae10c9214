import { Migration } from '@mikro-orm/migrations';

/** Of what the fallback was told, so that it is told of what is worse; and when it was tried, though nobody was reached. */
export class Migration20261121150000 extends Migration {
  override up(): void {
    this.addSql('alter table audit_findings add column tried_at timestamptz, add column paged_severity text');
  }
}
