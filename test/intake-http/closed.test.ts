import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paces } from '../../src/api/auth/guess-pace.ts';
import { generatedSecret } from '../../src/domain/generated-secret.ts';
import { payloadBytes } from '../sources/payloads.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const firing = payloadBytes('alertmanager-firing');
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const kept = async (receiver: Receiver): Promise<number[]> => [await receiver.count('alerts'), await receiver.count('rejected_payloads')];
const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

describe('a new installation', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver({ closed: true });
  });
  afterAll(() => receiver.close());

  test.each(['alertmanager', 'grafana', 'datadog', 'generic'])('%s takes nothing, keeps nothing, and says what to do', async (source) => {
    for (const headers of [{}, bearer('some secret')]) {
      const { status, body } = await receiver.post(source, firing, headers);
      expect([status, body.detail]).toEqual([401, expect.stringContaining('imas alert-sources secret')]);
    }
    expect(await kept(receiver)).toEqual([0, 0]);
  });

  test('takes from whoever has the secret that an admin made, or from anybody where an admin opened it', async () => {
    const { pool } = receiver.database;
    await pool.query(`update alert_sources set secret_hash = $1 where source = 'alertmanager'`, [hashOf('made by an admin')]);
    expect((await receiver.post('alertmanager', firing)).status).toBe(401);
    expect((await receiver.post('alertmanager', firing, bearer('made by an admin'))).status).toBe(202);
    expect((await receiver.post('datadog', payloadBytes('datadog-triggered'))).status).toBe(401);
    await pool.query(`update alert_sources set open = true where source = 'datadog'`);
    expect((await receiver.post('datadog', payloadBytes('datadog-triggered'))).status).toBe(202);
  });

  test('of two at one address, an open one takes while the other is closed', async () => {
    await receiver.database.pool.query(`update alert_sources set open = true where source = 'generic'`);
    expect((await receiver.post('generic', '{"title":"X"}')).status).toBe(202);
    const { rows } = await receiver.database.pool.query(
      `select distinct s.source from alerts a join alert_sources s on s.id = a.integration_id where a.source = 'generic'`,
    );
    expect(rows).toEqual([{ source: 'generic' }]);
  });
});

test('a demo takes alerts from anybody, until there is a secret', async () => {
  const receiver = await startReceiver({ closed: true, settings: { IMAS_DEMO: '1' } });
  expect((await receiver.post('generic', '{"title":"X"}')).status).toBe(202);
  await receiver.database.pool.query(`update alert_sources set secret_hash = $1 where source = 'generic'`, [hashOf('a secret in a demo')]);
  expect((await receiver.post('generic', '{"title":"X"}')).status).toBe(401);
  await receiver.close();
});

describe('a page of another site', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    await receiver.secure('grafana', { secret: 'the right one' });
  });
  afterAll(() => receiver.close());

  /** As a browser sends it, header by header. */
  const send = async (headers: Record<string, string>, { packed = false, source = 'generic' } = {}): Promise<string> => {
    const body = packed ? gzipSync('{"title":"From a page"}') : Buffer.from('{"title":"From a page"}');
    const all = {
      host: `127.0.0.1:${receiver.port}`,
      'content-length': String(body.length),
      connection: 'close',
      ...(packed && { 'content-encoding': 'gzip' }),
      ...headers,
    };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    return receiver.raw([`POST /api/v1/webhooks/${source}/ HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`, body]);
  };

  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { origin: 'http://imas.test' },
    { origin: 'https://imas.test.evil.example.com' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://imas.test' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://imas.test' },
    // A name that was made to lead here (DNS rebinding): to the browser it is one origin.
    { origin: 'http://rebound.example.com', host: 'rebound.example.com', 'sec-fetch-site': 'same-origin' },
    { 'content-type': 'text/plain', origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ];
  test.each(foreign)('%j is refused, and nothing of it is kept', async (headers) => {
    for (const packed of [false, true]) {
      const answer = await send(headers, { packed });
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(answer).not.toMatch(/access-control-allow/i);
    }
    expect(await kept(receiver)).toEqual([0, 0]);
  });

  test('has no use of the secret either', async () => {
    expect(await send({ ...bearer('the right one'), origin: 'https://evil.example.com' }, { source: 'grafana' })).toMatch(
      /^HTTP\/1\.1 403 /,
    );
  });

  test('our own pages may, by the base URL or by an address, and so may who is no browser', async () => {
    const own = `http://127.0.0.1:${receiver.port}`;
    for (const headers of [
      { origin: 'https://imas.test', 'sec-fetch-site': 'same-origin' },
      { origin: own, 'sec-fetch-site': 'same-origin' },
      { origin: own },
      { origin: `http://localhost:${receiver.port}`, host: `localhost:${receiver.port}` },
      { 'sec-fetch-site': 'none' },
      {},
    ] as Record<string, string>[]) {
      for (const packed of [false, true]) expect(await send(headers, { packed }), JSON.stringify(headers)).toMatch(/^HTTP\/1\.1 202 /);
    }
  });
});

describe('guessing at a secret', () => {
  const chosen = 'chosen by a person';
  const start = async () => {
    const receiver = await startReceiver({ settings: { IMAS_TRUSTED_PROXIES: '127.0.0.0/8' } });
    await receiver.secure('alertmanager', { secret: chosen });
    return receiver;
  };
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const guess = (receiver: Receiver, secret: string, address: string) =>
    receiver.post('alertmanager', firing, { ...bearer(secret), ...from(address) });
  const guessed = async (receiver: Receiver): Promise<number> =>
    (await receiver.database.pool.query('select from guess_counts')).rowCount ?? 0;

  test('is slowed by network, and a guess that is slowed is not looked at', async () => {
    const receiver = await start();
    for (let n = 0; n <= paces.webhook.free; n += 1) expect((await guess(receiver, `wrong ${n}`, '198.51.100.7')).status).toBe(401);
    await guess(receiver, 'wrong again', '198.51.100.8');
    const slowed = await guess(receiver, chosen, '198.51.100.9');
    expect([slowed.status, Number(slowed.headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await receiver.count('alerts')).toBe(0);
    // Others go on: from another network, of another source, or without any secret.
    expect((await guess(receiver, chosen, '203.0.113.9')).status).toBe(202);
    expect((await receiver.post('generic', '{"title":"X"}', { ...bearer('x'), ...from('198.51.100.7') })).status).toBe(202);
    expect((await receiver.post('alertmanager', firing, from('198.51.100.7'))).status).toBe(401);
    await receiver.close();
  });

  test('keeps no sender waiting that was right before, nor one with a generated secret', async () => {
    const receiver = await start();
    const generated = generatedSecret((empty) => crypto.getRandomValues(empty));
    await receiver.database.pool.query(`insert into alert_sources (name, source, secret_hash) values ('Second', 'alertmanager', $1)`, [
      hashOf(generated),
    ]);
    expect((await guess(receiver, chosen, '203.0.113.1')).status).toBe(202);
    for (let n = 0; n < paces.webhook.free + 5; n += 1) {
      expect((await guess(receiver, `wrong ${n}`, '203.0.113.2')).status).toBe(401);
      await guess(receiver, `wrong ${n}`, '198.51.100.7');
    }
    expect((await guess(receiver, chosen, '203.0.113.3')).status).toBe(202);
    expect((await guess(receiver, chosen, '198.51.100.7')).status).toBe(503);
    expect((await guess(receiver, generated, '198.51.100.7')).status).toBe(202);
    await receiver.close();
  });

  test('costs the store nothing where a secret is right, absent, or one that nobody guesses', async () => {
    const receiver = await start();
    expect((await guess(receiver, chosen, '203.0.113.1')).status).toBe(202);
    for (let n = 0; n < 30; n += 1) {
      expect((await receiver.post('alertmanager', firing, from('198.51.100.7'))).status).toBe(401);
      expect((await guess(receiver, `imas_${'0'.repeat(40)}`, '198.51.100.7')).status).toBe(401);
    }
    expect(await guessed(receiver)).toBe(0);
    await receiver.close();
  });

  test('is counted for all processes', async () => {
    const receiver = await start();
    for (let n = 0; n < 3; n += 1) await guess(receiver, `wrong ${n}`, '198.51.100.7');
    expect(await guessed(receiver)).toBe(1);
    await receiver.close();
  });

  test('many at once do not slip past', async () => {
    const receiver = await start();
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => guess(receiver, `wrong ${n}`, '198.51.100.7')));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThan(paces.webhook.free + 10);
    await receiver.close();
  });

  test('at a signature is slowed alike', async () => {
    const receiver = await start();
    await receiver.secure('grafana', { signing: 'a signing secret' });
    const forged = { 'x-grafana-alerting-signature': '0'.repeat(64), ...from('198.51.100.7') };
    const statuses: number[] = [];
    for (let n = 0; n < paces.webhook.free + 4; n += 1) statuses.push((await receiver.post('grafana', firing, forged)).status);
    expect(statuses.slice(0, paces.webhook.free)).toEqual(Array(paces.webhook.free).fill(401));
    expect(statuses.at(-1)).toBe(503);
    await receiver.close();
  });
});
