import { gzipSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('exactly 1 MiB is read', async () => {
  expect(filler(mebibyte)).toHaveLength(mebibyte);
  expect((await receiver.post('alertmanager', filler(mebibyte))).status).toBe(202);
});

test('one byte more is not', async () => {
  const answer = await receiver.post('alertmanager', filler(mebibyte + 1));
  expect(answer).toMatchObject({ status: 413, body: { status: 413, detail: 'The body is larger than 1 MiB.' } });
  expect(await receiver.count('rejected_payloads')).toBe(0);
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
  const piece = chunk(Buffer.alloc(64 * 1024, ' ')).flat();
  const answer = await receiver.raw([head('Transfer-Encoding: chunked'), ...Array.from({ length: 20 }, () => piece).flat()]);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
});

test('gzip is unpacked', async () => {
  expect((await receiver.post('alertmanager', gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(202);
  expect((await receiver.post('alertmanager', gzipSync(filler(mebibyte)), { 'content-encoding': 'GZIP' })).status).toBe(202);
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
  const { connect } = await import('node:net');
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
