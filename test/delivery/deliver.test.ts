import type { QueryConfig } from 'pg';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failedForGood, failedForNow } from '../../src/connectors/outcome.ts';
import { providerPlace } from '../../src/connections/provider.ts';
import { sealConfig } from '../../src/connections/stored-config.ts';
import { secret } from '../../src/connectors/secret.ts';
import type { Message } from '../../src/delivery/deliver.ts';
import { beginAttempt, endAttempt, extendLease } from '../../src/delivery/ledger.ts';
import { said } from '../../src/domain/said.ts';
import { words } from '../../src/texts/languages.ts';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed, type Seed } from '../support/seed.ts';
import { createToy, messageBy, partsFor, sentRef } from './toy.ts';

let database: TestDatabase;
let seed: Seed;
let providerId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  seed = createSeed(database.pool);
});
afterAll(() => database.close());
beforeEach(async () => {
  providerId = await seed.provider({ name: crypto.randomUUID(), type: 'SMTP', config: {} });
});

const ledgerOf = async (deliveryId: string) => {
  const { rows } = await database.pool.query(
    'select attempt, state, permanent, receipt, error, ref, reason, cure from deliveries where delivery_id = $1 order by attempt',
    [deliveryId],
  );
  return rows;
};
const counted = async (metrics: { text(): Promise<string> }, result: string): Promise<number> =>
  Number(new RegExp(`imas_deliveries_total\\{provider_type="SMTP",result="${result}"\\} (\\d+)`).exec(await metrics.text())?.[1] ?? 0);

describe('a message', () => {
  test('is sent once, however often it is asked for, and what the vendor calls it is kept', async () => {
    const toy = createToy();
    const { deliver, metrics } = partsFor(database, toy.connector);
    const message = messageBy(providerId);
    expect(await deliver(message)).toEqual({ outcome: 'sent', ref: sentRef, perhapsTwice: false });
    expect(await deliver(message)).toEqual({ outcome: 'sent', ref: sentRef, perhapsTwice: false });
    expect(toy.sent.map(({ actId }) => actId)).toEqual([message.deliveryId]);
    expect(await ledgerOf(message.deliveryId)).toMatchObject([{ attempt: 1, state: 'sent', receipt: '250 ok', error: null, ref: sentRef }]);
    expect(await counted(metrics, 'sent')).toBe(1);
  });

  test('that may have left is not known to have failed, and the next attempt says "perhaps twice"', async () => {
    const toy = createToy();
    const { deliver, metrics } = partsFor(database, toy.connector);
    const message = messageBy(providerId);
    const failure = failedForNow(said('cause.providerSilent'), { maybeDone: true, cure: said('cure.otherSide') });
    toy.answer = () => Promise.resolve(failure);
    expect(await deliver(message)).toEqual({ outcome: 'failed', failure });
    expect(await ledgerOf(message.deliveryId)).toMatchObject([
      { state: 'unknown', error: 'The provider did not answer in time.', reason: failure.reason, cure: failure.cure },
    ]);
    expect(await counted(metrics, 'unknown')).toBe(1);
    toy.answer = createToy().answer;
    expect(await deliver(message)).toMatchObject({ outcome: 'sent', perhapsTwice: true });
    expect(toy.sent.map(({ maybeDone }) => maybeDone)).toEqual([false, true]);
  });

  test('whose connector breaks may have left', async () => {
    const toy = createToy();
    toy.answer = () => Promise.reject(new TypeError('secret of a bug'));
    const message = messageBy(providerId);
    const delivered = await partsFor(database, toy.connector).deliver(message);
    expect(delivered).toMatchObject({
      outcome: 'failed',
      failure: { permanent: false, maybeDone: true, reason: said('cause.unexpected') },
    });
    expect(JSON.stringify(await ledgerOf(message.deliveryId))).not.toContain('secret');
  });

  test('whose connector does not hear its signal is given up, and may have left', async () => {
    const toy = createToy();
    const { promise: sending, resolve: sent } = Promise.withResolvers<void>();
    toy.answer = () => (sent(), new Promise(() => undefined));
    const caller = new AbortController();
    const message = messageBy(providerId, { signal: caller.signal });
    const delivered = partsFor(database, toy.connector).deliver(message);
    await sending;
    caller.abort();
    expect(await delivered).toMatchObject({ outcome: 'failed', failure: { maybeDone: true, reason: said('cause.providerSilent') } });
    expect(await ledgerOf(message.deliveryId)).toMatchObject([{ state: 'unknown' }]);
  });

  test('that nobody needs any more when its turn has come is skipped, or at the last moment', async () => {
    const toy = createToy();
    const { deliver } = partsFor(database, toy.connector);
    const unwanted = said('cause.justTaken', { who: 'Bob' });
    const early = messageBy(providerId, { compose: () => Promise.resolve({ unwanted }) });
    expect(await deliver(early)).toEqual({ outcome: 'skipped', reason: unwanted, mayHaveReached: false });
    const { compose } = messageBy(providerId);
    let asked = 0;
    const late = messageBy(providerId, { compose: () => (++asked === 1 ? compose() : Promise.resolve({ unwanted })) });
    expect(await deliver(late)).toEqual({ outcome: 'skipped', reason: unwanted, mayHaveReached: false });
    for (const { deliveryId } of [early, late])
      expect(await ledgerOf(deliveryId)).toMatchObject([{ state: 'skipped', error: words(unwanted), reason: unwanted }]);
    expect(toy.sent).toEqual([]);
  });

  test('of a provider that is switched off is refused, but for a test', async () => {
    await database.pool.query('update providers set is_active = false where id = $1', [providerId]);
    const toy = createToy();
    const { deliver } = partsFor(database, toy.connector);
    const message = messageBy(providerId);
    expect(await deliver(message)).toEqual({ outcome: 'failed', failure: failedForGood(said('cause.providerOff')) });
    expect(await ledgerOf(message.deliveryId)).toMatchObject([{ state: 'failed', permanent: true }]);
    expect(await deliver(messageBy(providerId, { purpose: 'test' }))).toMatchObject({ outcome: 'sent' });
  });

  test('is left to the attempt that is under way', async () => {
    const toy = createToy();
    const message = messageBy(providerId);
    await beginAttempt(database.pool, message);
    expect(await partsFor(database, toy.connector).deliver(message)).toMatchObject({ outcome: 'under_way' });
    expect(toy.sent).toEqual([]);
  });
});

test('that arrived before it was unwanted was sent', async () => {
  const toy = createToy();
  const { deliver } = partsFor(database, toy.connector);
  const message = messageBy(providerId);
  await deliver(message);
  const again = await deliver({ ...message, compose: () => Promise.resolve({ unwanted: said('cause.resolved') }) });
  expect(again).toEqual({ outcome: 'sent', ref: sentRef, perhapsTwice: false });
  expect(await ledgerOf(message.deliveryId)).toMatchObject([{ state: 'sent' }]);
});

test('an attempt under way stays so when another finds the message unwanted', async () => {
  const { deliver } = partsFor(database, createToy().connector);
  const message = messageBy(providerId);
  await beginAttempt(database.pool, message);
  const unwanted = { unwanted: said('cause.resolved') };
  expect(await deliver({ ...message, compose: () => Promise.resolve(unwanted) })).toMatchObject({ mayHaveReached: true });
  expect(await beginAttempt(database.pool, message)).toMatchObject({ may: 'wait' });
});

test.each([
  ['ended', (message: Message) => endAttempt(database.pool, message.deliveryId, 1, { state: 'sent', ref: sentRef }), 'sent'],
  ['came to life', (message: Message) => extendLease(database.pool, message.deliveryId, 1), 'sending'],
])('an attempt that was taken for dead and %s in the same moment is not repeated', async (_, meanwhile, state) => {
  const message = messageBy(providerId);
  await beginAttempt(database.pool, message);
  await database.pool.query('update deliveries set lease_until = now() where delivery_id = $1', [message.deliveryId]);
  let queries = 0;
  const slow = new Proxy(database.pool, {
    get: (pool, name) =>
      name !== 'query'
        ? Reflect.get(pool, name)
        : async (...query: [QueryConfig]) => {
            if (++queries === 2) await meanwhile(message);
            return pool.query(...query);
          },
  });
  expect(await beginAttempt(slow, message)).toMatchObject({ may: 'wait' });
  expect(await ledgerOf(message.deliveryId)).toMatchObject([{ attempt: 1, state }]);
});

test('the log has no secrets of a config, whatever an SDK hangs on its errors', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const toy = createToy();
  const connector = { ...toy.connector, config: z.object({ token: secret(z.string()) }) };
  const { deliver, secrets } = partsFor(database, connector, log);
  const config = sealConfig(connector, providerPlace(providerId), { token: 'T0KEN-of-toy' }, secrets);
  await database.pool.query('update providers set config = $2 where id = $1', [providerId, config]);
  toy.answer = () =>
    Promise.reject(Object.assign(new TypeError('T0KEN-of-toy is no header'), { request: { headers: { 'x-key': 'T0KEN-of-toy' } } }));
  await deliver(messageBy(providerId));
  expect(lines.join('')).toContain('TypeError: ******** is no header');
  expect(lines.join('')).toContain('deliver.test.ts');
  expect(lines.join('')).not.toContain('T0KEN');
});

test('the log tells channels, but nobody’s own address', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) });
  const toy = createToy();
  await partsFor(database, toy.connector, log).deliver(messageBy(providerId));
  const chat = { ...toy.connector, title: 'Chat', notify: { ...toy.connector.notify!, medium: 'chat' as const } };
  await partsFor(database, chat, log).deliver(messageBy(providerId, { address: 'C1' }));
  expect(lines).toEqual([
    'Sending notification to Toy mail',
    'Toy mail notification sent successfully',
    'Sending notification to Chat channel C1',
    'Chat notification sent successfully',
  ]);
});
