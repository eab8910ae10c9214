import { Migration } from '@mikro-orm/migrations';

/** Links by which a person acts on an incident from a message, without signing in. The link itself is kept nowhere. */
export class Migration20261128094000 extends Migration {
  override up(): void {
    this.addSql(`create table answer_links (
      token_hash text primary key,
      incident_id uuid not null references incidents on delete cascade,
      user_id uuid not null references users on delete cascade,
      act text not null,
      epoch integer not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    )`);
    this.addSql('create index answer_links_expiry on answer_links (expires_at)');
  }
}
