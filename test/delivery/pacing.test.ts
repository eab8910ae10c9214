import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pacing } from '../../src/delivery/pacing.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

const log = pino({ level: 'silent' });
let one: TestDatabase;
let provider: () => Promise<string>;
beforeAll(async () => {
  one = await createTestDatabase();
  const seed = createSeed(one.pool);
  provider = () => seed.provider({ name: crypto.randomUUID(), type: 'SMTP', config: {} });
});
afterAll(() => one.close());

/** When each of these turns came, milliseconds after the first. */
async function timesOf(turns: readonly Promise<void>[]): Promise<number[]> {
  const times = await Promise.all(turns.map((turn) => turn.then(() => performance.now())));
  const first = Math.min(...times);
  return times.map((atMs) => atMs - first).toSorted((a, b) => a - b);
}

/** Turns that come up to this much together are told apart by the machine's load alone. */
const jitterMs = 60;

describe('two processes', () => {
  test('together keep the pace of a provider, after a burst of one second', async () => {
    const id = await provider();
    const processes = [new Pacing(one.pool, log), new Pacing(one.pool, log)];
    const times = await timesOf(
      Array.from({ length: 50 }, (_, n) => processes[n % 2]!.turn({ providerId: id, address: null }, { perSecond: 20 })),
    );
    expect(times[19]).toBeLessThan(500);
    times.slice(20).forEach((atMs, n) => expect(atMs).toBeGreaterThan((n + 1) * 50 - jitterMs));
    expect(times[49]).toBeLessThan(5_000);
  });

  test('together keep the pace of an address, and nobody else waits for that', async () => {
    const id = await provider();
    const processes = [new Pacing(one.pool, log), new Pacing(one.pool, log)];
    const pace = { perSecond: 100, perAddressAndSecond: 4 };
    const busy = timesOf(Array.from({ length: 10 }, (_, n) => processes[n % 2]!.turn({ providerId: id, address: 'C1' }, pace)));
    const others = await timesOf(
      Array.from({ length: 40 }, (_, n) => processes[n % 2]!.turn({ providerId: id, address: `other ${n}` }, pace)),
    );
    expect(others[39]).toBeLessThan(1_000);
    (await busy).slice(4).forEach((atMs, n) => expect(atMs).toBeGreaterThan((n + 1) * 250 - jitterMs));
  });
});

test('a turn that is given up goes to the next', async () => {
  const id = await provider();
  const pacing = new Pacing(one.pool, log);
  const pace = { perSecond: 2 };
  await Promise.all([pacing.turn({ providerId: id, address: null }, pace), pacing.turn({ providerId: id, address: null }, pace)]);
  const gaveUp = new AbortController();
  const startedAtMs = performance.now();
  const lost = pacing.turn({ providerId: id, address: null, signal: gaveUp.signal }, pace);
  const next = pacing.turn({ providerId: id, address: null }, pace);
  gaveUp.abort(new Error('given up'));
  await expect(lost).rejects.toThrow('given up');
  await next;
  expect(performance.now() - startedAtMs).toBeLessThan(900);
});

test('a clock of the store that was set back holds nobody up', async () => {
  const id = await provider();
  await one.pool.query(`insert into pacing (provider_id, address, next_free_at) values ($1, '', now() + interval '1 hour')`, [id]);
  const startedAtMs = performance.now();
  await new Pacing(one.pool, log).turn({ providerId: id, address: null }, { perSecond: 5 });
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test('while the store is away each process keeps the pace by itself', async () => {
  const gone = await createTestDatabase();
  await gone.close();
  const pacing = new Pacing(gone.pool, log);
  const times = await timesOf(
    Array.from({ length: 15 }, () => pacing.turn({ providerId: crypto.randomUUID(), address: null }, { perSecond: 10 })),
  );
  expect(times[14]).toBeLessThan(1_000);
  const id = crypto.randomUUID();
  const paced = await timesOf(Array.from({ length: 15 }, () => pacing.turn({ providerId: id, address: null }, { perSecond: 10 })));
  paced.slice(10).forEach((atMs, n) => expect(atMs).toBeGreaterThan((n + 1) * 100 - jitterMs));
});
