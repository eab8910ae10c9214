import { Migration } from '@mikro-orm/migrations';

/**
 * What the vendor calls each message, why an attempt failed as a code, and when each provider bears the next message. The pace is of
 * this moment only, so it costs no log; after a crash all begin at rest.
 */
export class Migration20261127214000 extends Migration {
  override up(): void {
    this.addSql(
      `alter table deliveries add column if not exists ref jsonb, add column if not exists reason jsonb, add column if not exists cure jsonb`,
    );
    this.addSql(`create unlogged table pacing (
      provider_id uuid not null references providers on delete cascade,
      address text not null,
      next_free_at timestamptz not null,
      primary key (provider_id, address)
    ) with (fillfactor = 50)`);
  }
}
