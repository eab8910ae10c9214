import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetch as undiciFetch } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../../src/egress/create-egress.ts';
import { EgressFailed, EgressRefused, type EgressRequest } from '../../src/egress/egress.ts';
import { createVendorFetch } from '../../src/egress/vendor-fetch.ts';
import { startCanary } from './canary.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  url,
  method: 'GET',
  headers: {},
  body: null,
  signal: AbortSignal.timeout(20_000),
  ...more,
});

const failure = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: Error) => error,
  );

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe('a stream', () => {
  const egress = createEgress({ allow: ['127.0.0.1'], timeoutMs: 500 });

  it('gives each part when it comes', async () => {
    let say: (text: string | null) => void = () => undefined;
    const url = await serve((_, response) => {
      response.writeHead(200, { 'x-kind': 'log' }).write('one');
      say = (text) => void (text === null ? response.end() : response.write(text));
    });
    const { status, headers, chunks } = await egress.stream(get(url));
    expect([status, headers['x-kind']]).toEqual([200, 'log']);
    const parts = chunks[Symbol.asyncIterator]();
    expect(Buffer.from((await parts.next()).value as Uint8Array).toString()).toBe('one');
    say('two');
    expect(Buffer.from((await parts.next()).value as Uint8Array).toString()).toBe('two');
    say(null);
    expect((await parts.next()).done).toBe(true);
  });

  it('may last as long as it says something, and fails when it falls silent', async () => {
    const url = await serve((_, response) => {
      let left = 8;
      const timer = setInterval(() => ((left -= 1) > 0 ? response.write('.') : clearInterval(timer)), 100);
      response.writeHead(200).write('.');
      response.on('close', () => clearInterval(timer));
    });
    const startedAtMs = performance.now();
    const { chunks } = await egress.stream(get(url));
    expect(await failure(textOf(chunks))).toMatchObject({ name: 'EgressFailed', code: 'ETIMEDOUT' });
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
  });

  it('fails where no answer begins', async () => {
    const url = await serve(() => undefined);
    expect(await failure(egress.stream(get(url)))).toMatchObject({ name: 'EgressFailed', code: 'ETIMEDOUT' });
  });

  it('fails when it is larger than its caller takes', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(3_000)));
    const { chunks } = await egress.stream(get(url, { maxAnswerBytes: 2_999 }));
    expect(await failure(textOf(chunks))).toMatchObject({ name: 'EgressFailed', code: 'TOO_LARGE' });
    expect((await textOf((await egress.stream(get(url, { maxAnswerBytes: 3_000 }))).chunks)).length).toBe(3_000);
  });

  it('hangs up when its reader stops, and when its caller does', async () => {
    const hungUp: Promise<unknown>[] = [];
    const url = await serve((_, response) => {
      hungUp.push(new Promise((resolve) => response.on('close', resolve)));
      response.writeHead(200).write('.');
    });
    for await (const chunk of (await egress.stream(get(url))).chunks) if (chunk.length > 0) break;
    const caller = new AbortController();
    const { chunks } = await egress.stream(get(url, { signal: caller.signal }));
    const read = failure(textOf(chunks));
    caller.abort();
    expect(await read).toMatchObject({ name: 'EgressFailed', code: 'ABORTED' });
    await Promise.all(hungUp);
  });

  it('goes to no address that may not be reached', async () => {
    const canary = await startCanary('127.0.0.2');
    expect(await failure(egress.stream(get(`http://127.0.0.2:${canary.port}/`)))).toBeInstanceOf(EgressRefused);
    expect(await failure(egress.stream(get('ftp://127.0.0.1/')))).toBeInstanceOf(EgressRefused);
    expect(canary.connections()).toBe(0);
    await canary.close();
  });
});

describe("a vendor's SDK", () => {
  const egress = createEgress({ allow: ['127.0.0.1'] });
  const fetch = createVendorFetch(egress, { signal: AbortSignal.timeout(20_000), maxAnswerBytes: 100_000 });

  it('gets the door as a fetch', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ method: request.method, type: request.headers['content-type'], auth: request.headers.authorization, body }),
        );
      });
    });
    const answer = await fetch(`${url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { Authorization: 'Bearer x' },
      body: new URLSearchParams({ channel: 'C1', text: 'grüß' }),
    });
    expect([answer.status, answer.ok]).toEqual([201, true]);
    expect(await answer.json()).toEqual({
      method: 'POST',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      auth: 'Bearer x',
      body: 'channel=C1&text=gr%C3%BC%C3%9F',
    });
  });

  it('gets an answer without a body', async () => {
    const url = await serve((_, response) => response.writeHead(204).end());
    const answer = await fetch(url, { method: 'DELETE' });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  });

  it.each([301, 302, 303, 307, 308])('is never led on by a %i', async (status) => {
    const canary = await startCanary('127.0.0.2');
    const url = await serve((_, response) => response.writeHead(status, { location: `http://127.0.0.2:${canary.port}/` }).end());
    const open = createVendorFetch(createEgress({ allow: ['127.0.0.0/8'] }), { signal: AbortSignal.timeout(5_000), maxAnswerBytes: 1_000 });
    const error = await failure(open(`${url}/T0KEN`));
    expect(error).toBeInstanceOf(EgressRefused);
    expect(error.message).toMatch(new RegExp(`redirects \\(HTTP ${status}\\)`));
    expect(error.message).not.toContain('T0KEN');
    expect(canary.connections()).toBe(0);
    await canary.close();
  });

  it.each([
    ['http://127.0.0.1:1/', { headers: { authorization: 'Bearer T0KEN\nX' } }],
    ['http://127.0.0.1:1/', { method: 'T0KEN X' }],
    ['http://127.0.0.1:99999/T0KEN', {}],
    ['http://user:T0KEN@127.0.0.1:1/', {}],
  ])('hears nothing of its secret in the error of a request that is none: %s %j', async (url, init) => {
    const error = await failure(fetch(url, init));
    expect(error.name).toMatch(/^Egress/);
    expect(error.message).not.toContain('T0KEN');
  });

  it('fails on what is too large, on its own signal and on that of the call', async () => {
    const large = await serve((_, response) => response.end('x'.repeat(100_001)));
    expect(await failure(fetch(large))).toMatchObject({ name: 'EgressFailed', code: 'TOO_LARGE' });
    const silent = await serve(() => undefined);
    expect(await failure(fetch(silent, { signal: AbortSignal.timeout(50) }))).toBeInstanceOf(EgressFailed);
    const ended = createVendorFetch(egress, { signal: AbortSignal.abort(), maxAnswerBytes: 1 });
    expect(await failure(ended(silent))).toMatchObject({ code: 'ABORTED' });
  });

  it('that opens its own connections gets a dispatcher that reaches nothing else', async () => {
    const canary = await startCanary('127.0.0.2');
    const moved = await serve((_, response) => response.writeHead(302, { location: `http://127.0.0.2:${canary.port}/` }).end());
    const fine = await serve((_, response) => response.end('ok'));
    const { dispatcher } = egress;
    expect(await (await undiciFetch(fine, { dispatcher })).text()).toBe('ok');
    const refused = await failure(undiciFetch(`http://127.0.0.2:${canary.port}/`, { dispatcher }));
    const ledOn = await failure(undiciFetch(moved, { dispatcher }));
    for (const error of [refused, ledOn]) expect(error.cause).toBeInstanceOf(EgressRefused);
    expect(canary.connections()).toBe(0);
    await canary.close();
  });
});
