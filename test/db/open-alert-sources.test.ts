import { Client } from 'pg';
import { expect, test } from 'vitest';
import { knownMigrations, migrate } from '../../src/db/database.ts';
import { createEmptyDatabase } from '../support/postgres.ts';

const closing = 'Migration20261128004000';

test('an alert source that was open goes on, marked; those of a new installation are closed', async () => {
  const database = await createEmptyDatabase();
  const before = (await knownMigrations()).filter((name) => name < closing).at(-1);
  await migrate(database.url, { to: before });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`insert into alert_sources (name, source, secret_hash, signing_secret, is_active) values
    ('without', 'alertmanager', null, null, true), ('with a secret', 'datadog', '\\x00', null, true),
    ('with a signature', 'grafana', null, 'sealed', true), ('inactive', 'generic', null, null, false)`);
  await migrate(database.url);
  await client.query(`insert into alert_sources (name, source) values ('new', 'sentry')`);
  const { rows } = await client.query<{ name: string }>('select name from alert_sources where open and open_since_before');
  expect(rows).toEqual([{ name: 'without' }]);
  expect((await client.query('select from alert_sources where open or open_since_before')).rowCount).toBe(1);
  await client.end();
  await database.drop();
});
