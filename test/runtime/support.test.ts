import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, pendingMigrations } from '../../src/db/database.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/postgres.ts';
import { startDevServer, startTimeSkipping } from '../support/temporal.ts';

describe('test databases', () => {
  test('two of them do not see each other', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      await one.pool.query(`insert into teams (name) values ('Platform')`);
      const count = async (database: typeof one) => (await database.pool.query('select count(*)::int n from teams')).rows[0].n;
      expect(await count(one)).toBe(1);
      expect(await count(two)).toBe(0);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });
});

describe('migrate', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  beforeAll(async () => (database = await createEmptyDatabase()));
  afterAll(async () => database.drop());

  test('three at once apply each migration once', async () => {
    const before = await pendingMigrations(database.url);
    expect(before.length).toBeGreaterThan(0);
    const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(applied.flat()).toEqual(before);
    expect(await pendingMigrations(database.url)).toEqual([]);
  });
});

describe('Temporal servers', () => {
  test.each([
    { name: 'time-skipping', start: startTimeSkipping },
    { name: 'dev server', start: startDevServer },
  ])('$name answers', async ({ start }) => {
    const environment = await start();
    try {
      const info = await environment.connection.workflowService.getSystemInfo({});
      expect(info.capabilities).toBeTruthy();
    } finally {
      await environment.teardown();
    }
  });
});
