import { Migration } from '@mikro-orm/migrations';

/** How often somebody guessed lately, for all API processes together. Unlogged: a crash of Postgres forgives them. */
export class Migration20261127220000 extends Migration {
  override up(): void {
    this.addSql(`create unlogged table guess_counts (
      key bytea primary key,
      guesses double precision not null default 0,
      counted_at timestamptz not null default now()
    )`);
    this.addSql('create index guess_counts_age on guess_counts (counted_at)');
  }
}
