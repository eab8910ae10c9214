import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { keptBytes, keepRejected, pruneRejected } from '../../src/intake/rejected.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const keep = (text: string) =>
  keepRejected(receiver.database.pool, {
    source: 'generic',
    body: Buffer.from(text),
    contentType: null,
    headers: {},
    problem: { field: 'body', reason: 'is no good' },
  });
const kept = async (): Promise<string[]> => {
  const { rows } = await receiver.database.pool.query<{ body: Buffer }>(
    'select body from rejected_payloads order by last_received_at desc, id desc',
  );
  return rows.map(({ body }) => body.toString().slice(0, 10).trim());
};

test('the newest stay, and what came again counts as new', async () => {
  for (let n = 1; n <= 12; n += 1) await keep(`body ${n}`);
  await keep('body 3');
  expect(await pruneRejected(receiver.database.pool, { rows: 4, bytes: 1e9 })).toBe(8);
  expect(await kept()).toEqual(['body 3', 'body 12', 'body 11', 'body 10']);
  expect(await pruneRejected(receiver.database.pool, { rows: 4, bytes: 1e9 })).toBe(0);
});

test('however few there are, they take no more room than they may', async () => {
  await receiver.database.pool.query('truncate rejected_payloads');
  for (let n = 1; n <= 6; n += 1) await keep(`large ${n}`.padEnd(2 * keptBytes));
  expect(await pruneRejected(receiver.database.pool, { rows: 100, bytes: 3.5 * keptBytes })).toBe(3);
  expect(await kept()).toEqual(['large 6', 'large 5', 'large 4']);
});

test('looking takes little time with ten thousand of 1 KiB, and a sender is answered meanwhile', async () => {
  const { pool } = receiver.database;
  await pool.query('truncate rejected_payloads');
  await pool.query(
    `insert into rejected_payloads (source, body_hash, body, reason) select 'generic', sha256(n::text::bytea), repeat(md5(n::text), 32)::bytea, 'x' from generate_series(1, 11000) n`,
  );
  const startedAtMs = performance.now();
  expect(await pruneRejected(pool)).toBe(1_000);
  // Alone it takes some 30 ms; the bound is for a busy machine.
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test('senders set it off, one in many', async () => {
  await receiver.secure('generic', null);
  const { pool } = receiver.database;
  await pool.query('truncate rejected_payloads');
  await pool.query(
    `insert into rejected_payloads (source, body_hash, body, reason) select 'generic', sha256(n::text::bytea), 'x', 'x' from generate_series(1, 10010) n`,
  );
  const dice = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  expect((await receiver.post('generic', '{"a":')).status).toBe(400);
  expect(await receiver.count('rejected_payloads')).toBe(10_011);
  dice.mockReturnValue(0.001);
  expect((await receiver.post('generic', '{"b":')).status).toBe(400);
  dice.mockRestore();
  await vi.waitFor(async () => expect(await receiver.count('rejected_payloads')).toBe(10_000), { timeout: 10_000 });
});

test('a kind of Sentry’s that is not known here is kept and counted, and opens nothing', async () => {
  await receiver.database.pool.query('truncate rejected_payloads');
  const incidents = await receiver.count('incidents');
  const body = JSON.stringify({ action: 'started', data: { issue: { id: '1', title: 'x' } } });
  for (let n = 0; n < 2; n += 1) {
    expect((await receiver.post('generic', body, { 'sentry-hook-resource': 'seer' })).status).toBe(422);
  }
  const { rows } = await receiver.database.pool.query('select field, count, headers from rejected_payloads');
  expect(rows).toEqual([{ field: 'Sentry-Hook-Resource', count: 2, headers: { 'sentry-hook-resource': 'seer' } }]);
  expect(await receiver.count('incidents')).toBe(incidents);
});

test('an alert that only inhibits others is kept, and opens nothing', async () => {
  const incidents = await receiver.count('incidents');
  const body = {
    alerts: [{ status: 'firing', startsAt: '2026-11-21T08:52:07Z', labels: { alertname: 'InfoInhibitor', severity: 'none' } }],
  };
  expect((await receiver.post('alertmanager', JSON.stringify(body))).body.alerts).toEqual([{ outcome: 'suppressed', incident: null }]);
  expect(await receiver.count('incidents')).toBe(incidents);
});
