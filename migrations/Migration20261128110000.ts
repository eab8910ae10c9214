import { Migration } from '@mikro-orm/migrations';

/** Addresses at which a person answers by mail. Neither the address nor that of the person is kept, but what tells them again. */
export class Migration20261128110000 extends Migration {
  override up(): void {
    this.addSql(`create table reply_addresses (
      token_hash text primary key,
      incident_id uuid not null references incidents on delete cascade,
      user_id uuid not null references users on delete cascade,
      epoch integer not null,
      provider_id uuid references providers on delete set null,
      address_hash text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    )`);
    this.addSql('create index reply_addresses_expiry on reply_addresses (expires_at)');
    this.addSql('create index reply_addresses_incident on reply_addresses (incident_id)');
  }
}
