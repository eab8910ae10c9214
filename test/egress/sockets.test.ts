import { afterEach, expect, it } from 'vitest';
import type { WebSocket } from 'undici';
import { createEgress } from '../../src/egress/create-egress.ts';
import { EgressFailed, EgressRefused, type WebSocketRequest } from '../../src/egress/egress.ts';
import { startCanary } from './canary.ts';
import { startWebSocketServer, type WebSocketServer } from './web-socket-server.ts';

const running: WebSocketServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function serve(): Promise<WebSocketServer> {
  const server = await startWebSocketServer();
  running.push(server);
  return server;
}

const to = (url: string, more: Partial<WebSocketRequest> = {}): WebSocketRequest => ({ url, signal: AbortSignal.timeout(20_000), ...more });
const failure = (work: Promise<WebSocket>): Promise<Error & { code?: string }> =>
  work.then(
    () => Promise.reject(new Error('it opened')),
    (error: Error) => error,
  );
const nextText = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true }));

it('opens a web socket with its headers, and carries texts both ways', async () => {
  const server = await serve();
  const socket = await createEgress({ allow: ['127.0.0.1'] }).openWebSocket(
    to(`ws://127.0.0.1:${server.port}/`, { headers: { 'x-app': 'imas' } }),
  );
  expect(await nextText(socket)).toBe('hello imas');
  const answer = nextText(socket);
  socket.send('grüß');
  expect(await answer).toBe('grüß');
  socket.close();
  await server.gone;
});

it('ends it with the signal', async () => {
  const server = await serve();
  const caller = new AbortController();
  const socket = await createEgress({ allow: ['127.0.0.1'] }).openWebSocket(
    to(`ws://127.0.0.1:${server.port}/`, { signal: caller.signal }),
  );
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }));
  caller.abort();
  await Promise.all([closed, server.gone]);
});

it.each(['ws://127.0.0.2', 'ws://[::ffff:127.0.0.2]', 'ws://2130706434', 'ws://rebound.example.com'])('reaches no %s', async (origin) => {
  const canary = await startCanary('127.0.0.2');
  const egress = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.2', family: 4 }]) });
  expect(await failure(egress.openWebSocket(to(`${origin}:${canary.port}/T0KEN`)))).toBeInstanceOf(EgressRefused);
  expect([canary.connections(), canary.bytes()]).toEqual([0, 0]);
  await canary.close();
});

it.each([
  ['http://127.0.0.1/', 'Only ws and wss'],
  ['ws://user:T0KEN@127.0.0.1/', 'user name or password'],
  ['T0KEN', 'not valid'],
])('refuses %s', async (url, words) => {
  const error = await failure(createEgress({ allow: ['127.0.0.1'] }).openWebSocket(to(url)));
  expect(error).toBeInstanceOf(EgressRefused);
  expect(error.message).toContain(words);
  expect(error.message).not.toContain('T0KEN');
});

it.each([
  ['a header over two lines', { headers: { authorization: 'Bearer T0KEN\nX' } }],
  ['a header of other letters', { headers: { authorization: 'Bearer T0KEN\u200b' } }],
  ['a protocol that is none', { protocols: ['T0KEN X'] }],
])('does not repeat %s', async (_, more) => {
  const error = await failure(createEgress({ allow: ['127.0.0.1'] }).openWebSocket(to('ws://127.0.0.1:1/', more)));
  expect(error).toBeInstanceOf(EgressFailed);
  expect(error.message).toContain('a header or the method is not valid');
  expect(error.message).not.toContain('T0KEN');
});

it('follows no redirect', async () => {
  const canary = await startCanary('127.0.0.2');
  const server = await serve();
  const error = await failure(createEgress({ allow: ['127.0.0.0/8'] }).openWebSocket(to(`ws://127.0.0.1:${server.port}/moved`)));
  expect(error).toBeInstanceOf(EgressFailed);
  expect(error.message).toBe(`127.0.0.1:${server.port} did not open a WebSocket (NO_SOCKET).`);
  expect(canary.connections()).toBe(0);
  await canary.close();
});

it('says why it does not open, and waits for no silent server', async () => {
  const server = await serve();
  const { port } = server;
  const egress = createEgress({ allow: ['127.0.0.1'], timeoutMs: 300 });
  expect(await failure(egress.openWebSocket(to(`ws://127.0.0.1:${port}/silent`)))).toMatchObject({
    name: 'EgressFailed',
    code: 'ETIMEDOUT',
  });
  await running.pop()?.close();
  expect(await failure(egress.openWebSocket(to(`ws://127.0.0.1:${port}/`)))).toMatchObject({ name: 'EgressFailed', code: 'ECONNREFUSED' });
  expect(await failure(egress.openWebSocket(to(`ws://127.0.0.1:${port}/`, { signal: AbortSignal.abort() })))).toMatchObject({
    code: 'ABORTED',
  });
});
