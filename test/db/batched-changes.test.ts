import type { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchedChange } from '../../src/db/batched-change.ts';
import { runBatchedChanges, type BatchedProgress } from '../../src/db/run-batched-changes.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const rows = 95;
const batchRows = 10;
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query('create table measures (id bigint primary key, value int not null, touched int not null default 0)');
  await database.pool.query('insert into measures (id, value) select n, n from generate_series(1, $1::int) n', [rows]);
});
afterEach(() => database.close());

const doubling: BatchedChange = {
  name: 'double-measures',
  total: async (client) => Number((await client.query<{ count: string }>('select count(*) from measures')).rows[0]?.count),
  async batch(client, after) {
    const { rows: changed } = await client.query<{ id: string }>(
      `update measures set value = value * 2, touched = touched + 1
       where id in (select id from measures where id > $1::bigint order by id limit $2) returning id`,
      [after ?? '0', batchRows],
    );
    const last = changed.map(({ id }) => Number(id)).reduce((most, id) => Math.max(most, id), 0);
    return { rows: changed.length, next: changed.length < batchRows ? null : String(last) };
  },
};
const touched = async (): Promise<string[]> =>
  (
    await database.pool.query<{ line: string }>(
      `select touched || ' times: ' || count(*) as line from measures group by touched order by 1`,
    )
  ).rows.map(({ line }) => line);

test('a change goes through all rows in batches, says how far it is, and is done once', async () => {
  const said: BatchedProgress[] = [];
  expect(await runBatchedChanges(database.url, { changes: [doubling], onProgress: (progress) => said.push(progress), pauseMs: 0 })).toEqual(
    ['double-measures'],
  );
  expect(said.map(({ done }) => done)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 95]);
  expect(said.at(-1)).toEqual({ change: 'double-measures', done: rows, total: rows });
  expect(await runBatchedChanges(database.url, { changes: [doubling] })).toEqual([]);
  expect(await touched()).toEqual([`1 times: ${rows}`]);
});

test('one that is cut off goes on from its last batch: no row is changed twice, and none is left out', async () => {
  let batches = 0;
  const cutOff: BatchedChange = {
    ...doubling,
    async batch(client, after) {
      const batch = await doubling.batch(client, after);
      batches += 1;
      if (batches === 4) await killOwnConnection(client);
      return batch;
    },
  };
  await expect(runBatchedChanges(database.url, { changes: [cutOff], pauseMs: 0 })).rejects.toThrow();
  expect(await touched()).toEqual([`0 times: ${rows - 30}`, '1 times: 30']);
  const said: number[] = [];
  await runBatchedChanges(database.url, { changes: [doubling], onProgress: ({ done }) => said.push(done), pauseMs: 0 });
  expect(said[0]).toBe(40);
  expect(await touched()).toEqual([`1 times: ${rows}`]);
});

test('several at once take turns', async () => {
  const all = await Promise.all([1, 2, 3].map(() => runBatchedChanges(database.url, { changes: [doubling], pauseMs: 0 })));
  expect(all.flat()).toEqual(['double-measures']);
  expect(await touched()).toEqual([`1 times: ${rows}`]);
});

async function killOwnConnection(client: Client): Promise<void> {
  const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await database.pool.query('select pg_terminate_backend($1)', [own[0]?.pid]);
}
