import { connect, type AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { createHttpServer } from '../../src/api/http-server.ts';
import { createWebhooks } from '../../src/api/routes/webhooks.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { password, startApi, type Api } from '../api/harness.ts';

let api: Api;
let server: Server;
let dir: string;
beforeAll(async () => {
  api = await startApi({ secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }) });
  dir = await mkdtemp(join(tmpdir(), 'imas-static-'));
  const pagesDir = join(dir, 'pages');
  await mkdir(join(pagesDir, 'assets'), { recursive: true });
  await writeFile(join(pagesDir, 'index.html'), '<!doctype html>');
  await writeFile(join(pagesDir, 'assets', 'a.js'), 'export {};');
  await writeFile(join(dir, 'outside.js'), 'OUTSIDE');
  await writeFile(join(pagesDir, '.hidden.js'), 'OUTSIDE');
  const webhooks = createWebhooks(api.deps);
  const app = createApp(api.deps, { pagesDir, webhooks });
  server = createHttpServer({ fetch: app.fetch, webhooks }, { headersMs: 300, requestMs: 600, checkMs: 50 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
  await rm(dir, { recursive: true });
});

/** Sends bytes as they are, and gives back all that comes until the connection ends. */
function raw(...parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error('nothing happened for 10 s')));
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
    for (const part of parts) socket.write(part, 'latin1');
  });
}
const statuses = (answer: string): number[] => [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
const close = 'Host: imas.test\r\nConnection: close\r\n';

describe('who sends slowly', () => {
  test('headers that never end are cut off', async () => {
    expect(statuses(await raw('GET /health/live HTTP/1.1\r\nHost: imas.test\r\nX-A: '))).toEqual([408]);
  });
  test('a body that never ends is cut off', async () => {
    expect(
      statuses(
        await raw('POST /api/auth/token/ HTTP/1.1\r\nHost: imas.test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'),
      ),
    ).toEqual([408]);
  });
});

describe('a request that two servers would read differently', () => {
  const smuggled = 'GET /api/v1/me/ HTTP/1.1\r\nHost: imas.test\r\n\r\n';
  test.each([
    ['two lengths', `POST /api/auth/token/ HTTP/1.1\r\n${close}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}${smuggled}`],
    [
      'a length beside chunks',
      `POST /api/auth/token/ HTTP/1.1\r\n${close}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['chunks by another name', `POST /api/auth/token/ HTTP/1.1\r\n${close}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    [
      'chunks that are not last',
      `POST /api/auth/token/ HTTP/1.1\r\n${close}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a length that is no number', `POST /api/auth/token/ HTTP/1.1\r\n${close}Content-Length: +2\r\n\r\n{}${smuggled}`],
    ['a space before the colon', `POST /api/auth/token/ HTTP/1.1\r\n${close}Content-Length : 2\r\n\r\n{}${smuggled}`],
    ['a folded header', `GET /health/live HTTP/1.1\r\n${close}X-A: b\r\n c\r\n\r\n${smuggled}`],
    ['a bare line feed', `GET /health/live HTTP/1.1\n${close}\r\n${smuggled}`],
    ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a chunk size that overflows', `POST /api/auth/token/ HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\n`],
  ])('%s is refused, and what follows is not answered', async (_what, bytes) => {
    const [first, ...others] = statuses(await raw(bytes));
    expect(first).toBe(400);
    expect(others).toEqual([]);
  });

  test('an absolute address, and one that is none, lead to no other host', async () => {
    expect(statuses(await raw(`GET http://127.0.0.1:1/health/live HTTP/1.1\r\n${close}\r\n`))).toEqual([200]);
    for (const target of ['http://[', '*', '//', 'x', '/%', '/%ff', '/api/v1/%ff/', '\\..\\', '/api/v1/incidents/%E0%A4%A/']) {
      const [status] = statuses(await raw(`GET ${target} HTTP/1.1\r\n${close}\r\n`));
      expect([200, 302, 400, 401, 404], target).toContain(status);
    }
    expect(statuses(await raw(`CONNECT 127.0.0.1:22 HTTP/1.1\r\n${close}\r\n`))).toEqual([]);
    const [trace] = statuses(await raw(`TRACE / HTTP/1.1\r\n${close}Cookie: a=b\r\n\r\n`));
    expect([400, 404, 405, 501]).toContain(trace);
  });
});

describe('what is too large', () => {
  test('headers', async () => {
    expect(statuses(await raw(`GET /health/live HTTP/1.1\r\n${close}X-A: ${'a'.repeat(20_000)}\r\n\r\n`))).toEqual([431]);
  });
  test('an address', async () => {
    const query = 'search=' + 'a'.repeat(15_000);
    const { status } = await api.request('GET', `/api/v1/services/?${query}`);
    expect(status).toBe(422);
    expect(statuses(await raw(`GET /api/v1/services/?${'a=b&'.repeat(10_000)} HTTP/1.1\r\n${close}\r\n`))).toEqual([431]);
  });
  test('a body', async () => {
    const { status } = await api.request('POST', '/api/v1/teams/', {
      raw: JSON.stringify({ name: 'x', description: 'y'.repeat(1_100_000) }),
    });
    expect(status).toBe(413);
  });
  test.each([
    ['lists', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
    ['lists with NUL at the bottom', '['.repeat(200_000) + '"\\u0000"' + ']'.repeat(200_000)],
  ])('a body of deep %s is refused, not fallen over', async (_what, json) => {
    const bodies = {
      providers: `{"name":"deep","type":"WEBHOOK","config":{"url":"http://h/","format":"custom","template":${json}}}`,
      'alert-rules': `{"name":"deep","conditions":${json}}`,
      users: `{"username":"deep","contact_methods":${json}}`,
    };
    for (const [path, body] of Object.entries(bodies)) {
      const { status, body: problem } = await api.request('POST', `/api/v1/${path}/`, { raw: body });
      expect(status, path).toBe(422);
      expect(problem.errors).toEqual([{ field: 'body', reason: 'is nested more than 64 levels deep' }]);
    }
  });
  test('a body that is as deep as it may be is taken, whatever its texts look like', async () => {
    const template = '['.repeat(60) + JSON.stringify(`${'['.repeat(200)}"\\`) + ']'.repeat(60);
    const raw = `{"name":"deep","type":"WEBHOOK","config":{"url":"http://h/","format":"custom","template":${template}}}`;
    expect((await api.request('POST', '/api/v1/providers/', { raw })).status).toBe(201);
  });
});

describe('files', () => {
  test.each([
    '/assets/../../outside.js',
    '/assets/..%2f..%2foutside.js',
    '/assets/%2e%2e/%2e%2e/outside.js',
    '/assets/..%5c..%5coutside.js',
    '/assets/....//....//outside.js',
    '/assets//etc/passwd',
    '/assets/%2fetc%2fpasswd',
    '/../outside.js',
    '/..%2foutside.js',
    '/assets/../.hidden.js',
    '/.hidden.js',
    '/assets/a.js%00.png',
    '/assets/',
    '/api/docs/assets/..%2f..%2fpackage.json',
    '/api/docs/assets/../package.json',
  ])('%s leads nowhere', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\n${close}\r\n`);
    expect(answer).not.toMatch(/OUTSIDE|root:|"dependencies"/);
    expect(statuses(answer)[0]).toBeGreaterThanOrEqual(400);
  });
  test('but those that are there are given', async () => {
    expect(await raw(`GET /assets/a.js HTTP/1.1\r\n${close}\r\n`)).toContain('export {};');
  });
});

describe('a cookie on a request that another site made', () => {
  test.each([
    [{}, 403],
    [{ origin: 'https://evil.example.com' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://other.imas.test' }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example.com' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://imas.test' }, 201],
  ])('%j: %i', async (headers, status) => {
    const own = { 'sec-fetch-site': 'same-origin', origin: 'http://imas.test' };
    const session = await api.request('POST', '/api/auth/session/', { as: 'nobody', json: { username: 'ann', password }, headers: own });
    const [cookie] = (session.headers.get('set-cookie') ?? '').split(';');
    expect(session.headers.get('set-cookie')).toMatch(/HttpOnly/);
    expect(session.headers.get('set-cookie')).toMatch(/SameSite=Lax/);
    const made = await api.request('POST', '/api/v1/teams/', {
      as: 'nobody',
      json: { name: `team ${Math.random()}` },
      headers: { ...(headers as Record<string, string>), cookie: cookie ?? '' },
    });
    expect(made.status).toBe(status);
    expect((await api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { cookie: cookie ?? '' } })).status).toBe(200);
  });
});
