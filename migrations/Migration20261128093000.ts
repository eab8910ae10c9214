import { Migration } from '@mikro-orm/migrations';

/** Codes by which people tell a chat's account that it is theirs. */
export class Migration20261128093000 extends Migration {
  override up(): void {
    this.addSql(`create table chat_link_codes (
      code_hash text primary key,
      user_id uuid not null references users on delete cascade,
      created_at timestamptz not null default now()
    )`);
  }
}
