import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { gzipSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payloadBytes } from '../sources/payloads.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const mebibyte = 1024 * 1024;
const body = payloadBytes('alertmanager-firing');
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const head = (...headers: string[]) =>
  ['POST /api/v1/webhooks/alertmanager/ HTTP/1.1', 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');
const chunk = (data: Uint8Array) => [`${data.length.toString(16)}\r\n`, data, '\r\n'];
const filler = (bytes: number) =>
  Buffer.concat([Buffer.from('{"status":"firing","alerts":[],"x":"'), Buffer.alloc(bytes - 38, 'x'), Buffer.from('"}')]);

test('exactly 16 MiB are read', async () => {
  expect(filler(16 * mebibyte)).toHaveLength(16 * mebibyte);
  expect((await receiver.post('alertmanager', filler(16 * mebibyte))).status).toBe(202);
});

const inChunks = (body: Uint8Array): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < body.length; at += mebibyte) controller.enqueue(body.subarray(at, at + mebibyte));
      controller.close();
    },
  });

test.each<[string, (body: Uint8Array) => RequestInit]>([
  ['announced', (body) => ({ body }) as RequestInit],
  ['in chunks', (body) => ({ body: inChunks(body), duplex: 'half' }) as RequestInit],
  ['packed', (body) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }) as RequestInit],
])('one byte more is not, %s: what arrived is kept, and the answer says what to set', async (how, send) => {
  const url = `${receiver.url}/${how === 'announced' ? 'grafana' : how === 'packed' ? 'datadog' : 'alertmanager'}`;
  const answer = await fetch(url, { method: 'POST', ...send(filler(16 * mebibyte + 1)) });
  expect([answer.status, await answer.json()]).toMatchObject([
    413,
    { detail: 'The body is larger than 16 MiB; send fewer alerts at once (in Alertmanager, set max_alerts of the webhook).' },
  ]);
  const { rows } = await receiver.database.pool.query<{ field: string; size: number; start: string }>(
    `select field, octet_length(body) as size, encode(substr(body, 1, 18), 'escape') as start from rejected_payloads where source = $1`,
    [url.split('/').at(-1)],
  );
  expect(rows).toEqual([{ field: 'body', size: 64 * 1024, start: '{"status":"firing"' }]);
});

/** As Prometheus sends them, a kilobyte each. */
const group = (name: string, count: number) => ({
  version: '4',
  status: 'firing',
  alerts: Array.from({ length: count }, (_, n) => ({
    status: 'firing',
    startsAt: '2026-11-21T08:50:07.123Z',
    labels: { alertname: name, instance: `web-${n}.example.com:9100`, job: 'node' },
    annotations: { description: `${n} ${'x'.repeat(800)}` },
  })),
});

test.each<[string, (body: string) => [string | Uint8Array, Record<string, string>?]]>([
  ['as it is', (body) => [body]],
  ['packed', (body) => [gzipSync(body), { 'content-encoding': 'gzip' }]],
])('a group of 1,100 ordinary alerts is taken, %s', async (how, send) => {
  const body = JSON.stringify(group(`Group ${how}`, 1_100));
  expect(body.length).toBeGreaterThan(mebibyte);
  const answer = await receiver.post('alertmanager', ...send(body));
  expect([answer.status, answer.body.accepted]).toEqual([202, 1_100]);
  const { rows } = await receiver.database.pool.query(
    `select count(*)::int as alerts, count(distinct incident_id)::int as incidents from alerts where name = $1`,
    [`Group ${how}`],
  );
  expect(rows).toEqual([{ alerts: 1_100, incidents: 1 }]);
});

test('each try of a body that is too much for the time it has makes progress', async () => {
  const { pool } = receiver.database;
  const body = JSON.stringify(group('Slow', 5_000));
  const stored = async () => (await pool.query<{ n: number }>(`select count(*)::int as n from alerts where name = 'Slow'`)).rows[0]?.n;
  // As a slow disk would: each flush waits.
  await pool.query(`create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(1.2); return null; end'`);
  await pool.query(`create trigger slow after insert on alerts execute function slow()`);
  const answers: number[] = [];
  try {
    while (answers.at(-1) !== 202 && answers.length < 10) answers.push((await receiver.post('alertmanager', body)).status);
  } finally {
    await pool.query('drop trigger slow on alerts; drop function slow');
  }
  expect([answers[0], answers.at(-1)]).toEqual([503, 202]);
  expect(await stored()).toBe(5_000);
});

test('chunks are read', async () => {
  const answer = await receiver.raw([
    head('Transfer-Encoding: chunked'),
    ...chunk(body.subarray(0, 10)),
    ...chunk(body.subarray(10)),
    '0\r\n\r\n',
  ]);
  expect(answer).toMatch(/^HTTP\/1.1 202 /);
});

test('chunks without end are refused as soon as they are too many', async () => {
  const piece = chunk(Buffer.alloc(mebibyte, ' ')).flat();
  const answer = await receiver.raw([head('Transfer-Encoding: chunked'), ...Array.from({ length: 20 }, () => piece).flat()]);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
});

test('gzip is unpacked', async () => {
  expect((await receiver.post('alertmanager', gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(202);
  expect((await receiver.post('alertmanager', gzipSync(filler(16 * mebibyte)), { 'content-encoding': 'GZIP' })).status).toBe(202);
});

// As much of it as may be sent: a thousandfold of a body. Packed before the server starts, since it takes seconds in this very process.
const sent = gzipSync(Buffer.alloc(512 * mebibyte, ' '), { level: 9 });

test('a gzip bomb is refused at once and takes no memory', async () => {
  expect(sent.length).toBeLessThan(mebibyte);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let highest = before;
  for (let n = 0; n < 20; n++) {
    const answer = await receiver.post('alertmanager', sent, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    expect(answer.tookMs).toBeLessThan(10_000);
    highest = Math.max(highest, process.memoryUsage().rss);
  }
  expect((highest - before) / mebibyte).toBeLessThan(100);
});

test.each([
  ['what is no gzip', body],
  ['gzip that breaks off', gzipSync(body).subarray(0, -10)],
])('%s is a bad request', async (_what, bytes) => {
  expect((await receiver.post('alertmanager', bytes, { 'content-encoding': 'gzip' })).status).toBe(400);
});

test('other encodings are refused by the name of the one that is understood', async () => {
  const answer = await receiver.post('alertmanager', deflateSync(body), { 'content-encoding': 'deflate' });
  expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'gzip']);
});

test('a sender that goes away half-way leaves nothing, and the next one is served', async () => {
  const before = await receiver.count('alerts');
  await new Promise<void>((resolve) => {
    const socket = connect(receiver.port, '127.0.0.1', () => {
      socket.write(head(`Content-Length: ${body.length}`));
      socket.write(body.subarray(0, 100), () => socket.destroy());
    });
    socket.on('close', () => resolve());
  });
  expect((await receiver.post('alertmanager', '{"alerts":[]}')).status).toBe(202);
  expect(await receiver.count('alerts')).toBe(before);
});

describe('with a secret', () => {
  beforeAll(() => receiver.secure('grafana', { secret: 'the secret', signing: 'the signing secret' }));

  test.each([
    ['without one', ''],
    ['with a wrong one', 'Authorization: Bearer guessed'],
  ])('a stranger %s is refused before its body is there', async (_how, header) => {
    const rejected = await receiver.count('rejected_payloads');
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(receiver.port, '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/webhooks/grafana/ HTTP/1.1\r\nHost: x\r\n${header === '' ? '' : `${header}\r\n`}Content-Length: 10000000\r\n\r\n{`,
        );
      });
      socket.once('data', (data) => {
        resolve(data.toString('latin1'));
        socket.destroy();
      });
    });
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(await receiver.count('rejected_payloads')).toBe(rejected);
  });

  test('nothing is kept of a body that is too large and may be a stranger’s', async () => {
    const rejected = await receiver.count('rejected_payloads');
    const answer = await receiver.post('grafana', filler(16 * mebibyte + 1), { 'x-grafana-alerting-signature': 'f'.repeat(64) });
    expect(answer.status).toBe(413);
    expect(await receiver.count('rejected_payloads')).toBe(rejected);
  });
});

describe('strangers who take their time', () => {
  const signed = (length: number) =>
    head('X-Grafana-Alerting-Signature: guessed', `Content-Length: ${length}`).replace('alertmanager', 'grafana');
  const hold = async (sent: string | Uint8Array, length: number): Promise<Socket> => {
    const socket = connect(receiver.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.write(signed(length));
    await new Promise((written) => void socket.write(sent, written));
    return socket;
  };

  beforeAll(async () => {
    await receiver.secure('grafana', { secret: 'the secret', signing: 'the signing secret' });
    await receiver.secure('alertmanager', { secret: 'the other secret' });
  });
  afterAll(() => receiver.secure('alertmanager', null));

  test('large bodies that are only announced keep nobody out', async () => {
    const held = await Promise.all(Array.from({ length: 4 }, () => hold('{', 16 * mebibyte)));
    const signature = createHmac('sha256', 'the signing secret').update('{"alerts":[]}').digest('hex');
    const answer = await receiver.post('grafana', '{"alerts":[]}', { 'x-grafana-alerting-signature': signature });
    for (const socket of held) socket.destroy();
    expect(answer.status).toBe(202);
  });

  test('who shows a secret is served, however much of such bodies is there', async () => {
    const held = await Promise.all(Array.from({ length: 4 }, () => hold(Buffer.alloc(16 * mebibyte - 1, ' '), 16 * mebibyte)));
    const answer = await receiver.post('alertmanager', '{"alerts":[]}', { authorization: 'Bearer the other secret' });
    for (const socket of held) socket.destroy();
    expect(answer.status).toBe(202);
  });

  test('bodies that break off are guesses too, where a signature came before them', async () => {
    // Another network than the one above, from which a right signature came.
    const trusting = await startReceiver({ settings: { IMAS_TRUSTED_PROXIES: '127.0.0.0/8' } });
    try {
      await trusting.secure('grafana', { secret: 'the secret', signing: 'the signing secret' });
      const from = { 'x-forwarded-for': '192.0.2.7', 'x-grafana-alerting-signature': 'guessed' };
      const answers: number[] = [];
      // What is no gzip breaks off as soon as it is read.
      while (answers.at(-1) !== 503 && answers.length < 40)
        answers.push((await trusting.post('grafana', '{', { ...from, 'content-encoding': 'gzip' })).status);
      expect(answers.at(-1)).toBe(503);
      const answer = await trusting.post('grafana', '{"alerts":[]}', {
        'x-forwarded-for': '203.0.113.7',
        authorization: 'Bearer the secret',
      });
      expect(answer.status).toBe(202);
    } finally {
      await trusting.close();
    }
  });
});

test('large bodies that come together are told to come again, not kept in memory', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => receiver.post('generic', filler(15 * mebibyte))));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
  expect(statuses.every((status) => [422, 202, 503].includes(status))).toBe(true);
  expect((await receiver.post('alertmanager', '{"alerts":[]}')).status).toBe(202);
});
