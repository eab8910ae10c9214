import { Migration } from '@mikro-orm/migrations';

/** A team's channel and who is on call for it, phones of impact scopes, and what a provider is for. */
export class Migration20261128090000 extends Migration {
  override up(): void {
    this.addSql(
      `alter table teams add column slack_channel_id text, add column current_on_call_id uuid references users on delete set null`,
    );
    this.addSql(`alter table impact_scopes add column phones text[] not null default '{}'`);
    this.addSql(
      `alter table providers add column description text not null default '', add column severities text[] not null default '{}'`,
    );
  }
}
