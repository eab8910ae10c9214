import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Pool } from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { isDatabaseAway } from '../../src/db/database-away.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that does this with whoever connects. Returns its connection string. */
async function serverThat(act: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `postgres://imas@127.0.0.1:${(server.address() as AddressInfo).port}/imas`;
}

async function failureOf(connectionString: string, statement = 'select 1', timeouts = {}): Promise<Error> {
  const pool = new Pool({ connectionString, ...timeouts });
  pool.on('error', () => undefined);
  try {
    return await pool.query(statement).then(
      () => expect.fail('it answered'),
      (error: Error) => error,
    );
  } finally {
    await pool.end();
  }
}

test('nobody listens', async () => {
  const url = await serverThat(() => undefined);
  await closers.pop()?.();
  expect(isDatabaseAway(await failureOf(url))).toBe(true);
});

test('it hangs up', async () => {
  expect(isDatabaseAway(await failureOf(await serverThat((socket) => socket.destroy())))).toBe(true);
});

test('it says nothing when somebody connects', async () => {
  const sockets: Socket[] = [];
  const error = await failureOf(await serverThat((socket) => void sockets.push(socket)), 'select 1', { connectionTimeoutMillis: 50 });
  for (const socket of sockets) socket.destroy();
  expect(isDatabaseAway(error)).toBe(true);
});

test('it says nothing any more', async () => {
  expect(isDatabaseAway(await failureOf(inject('postgresUrl'), 'select pg_sleep(2)', { query_timeout: 50 }))).toBe(true);
});

test('nobody waits for a statement for ever, even where Postgres itself sets no limit', async () => {
  const database = await openDatabase(inject('postgresUrl'), { statementTimeoutMs: 100 });
  const error = await database.pool.query('set statement_timeout = 0; select pg_sleep(30)').then(
    () => expect.fail('it answered'),
    (reason: Error) => reason,
  );
  await database.close();
  expect(isDatabaseAway(error)).toBe(true);
});

test('it ends the connection', async () => {
  expect(isDatabaseAway(await failureOf(inject('postgresUrl'), 'select pg_terminate_backend(pg_backend_pid())'))).toBe(true);
});

test('a wrong statement is not its absence', async () => {
  expect(isDatabaseAway(await failureOf(inject('postgresUrl'), 'select nonsense'))).toBe(false);
  expect(isDatabaseAway(new Error('something else'))).toBe(false);
});
