import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/db/database.ts';
import { imas } from '../support/imas.ts';
import { createEmptyDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let settings: Record<string, string>;

beforeEach(async () => {
  database = await createEmptyDatabase();
  await migrate(database.url);
  settings = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    IMAS_SECRET_KEY: 'a key for the tests alone',
    PORT: '0',
  };
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`insert into mikro_orm_migrations (name, executed_at) values ('Migration20991231235959', now())`);
  await client.end();
});
afterEach(() => database.drop());

test.each(['api', 'worker', 'migrate'])(
  'imas %s refuses a database of a newer version, and names what it does not know',
  async (command) => {
    const { code, stderr, stdout } = await imas([command], settings);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'The database belongs to a newer version of IMAS (Migration20991231235959 is unknown to this one): run that version, or restore a backup that was made before it.',
    ]);
    expect(stdout).not.toContain('listening');
  },
);
