import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createEgress, type Lookup } from '../../src/egress/create-egress.ts';
import type { EgressRequest } from '../../src/egress/egress.ts';
import { startProxy, type ProxyServer } from './proxy-server.ts';
import { startWebSocketServer } from './web-socket-server.ts';

const certificate = (name: string): string => readFileSync(new URL(`../connectors/certificates/${name}`, import.meta.url), 'utf8');

let plain: Server;
let secure: Server;
let toPlain: ProxyServer;
let toSecure: ProxyServer;
const trusted = getCACertificates();

beforeAll(async () => {
  setDefaultCACertificates([...trusted, certificate('authority.pem')]);
  const answer = (request: IncomingMessage): string => `${request.method} ${request.url} for ${request.headers.host}`;
  plain = createServer((request, response) => void request.resume().on('end', () => response.end(answer(request))));
  secure = createTlsServer({ key: certificate('server.key'), cert: certificate('server.pem') }, (request, response) =>
    response.end(answer(request)),
  );
  for (const server of [plain, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;
  [toPlain, toSecure] = await Promise.all([startProxy({ leadsTo: portOf(plain) }), startProxy({ leadsTo: portOf(secure) })]);
});

afterAll(async () => {
  setDefaultCACertificates(trusted);
  await Promise.all([toPlain.close(), toSecure.close()]);
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
});

/** Names as the resolver here knows them; it says of all others that there are none. */
const names: Readonly<Record<string, string>> = {
  'mail.example.test': '93.184.216.34',
  'pager.example.com': '93.184.216.34',
  'inside.example.com': '10.1.2.3',
  'metadata.example.com': '169.254.169.254',
};
const lookup: Lookup = (name) => {
  const address = names[name];
  return address === undefined
    ? Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    : Promise.resolve([{ address, family: 4 }]);
};
const through = (proxy: { readonly url: string }, allow: readonly string[] = []) =>
  createEgress({ allow, lookup, timeoutMs: 2_000, proxy: new URL(proxy.url) });
const get = (url: string, rest: Partial<EgressRequest> = {}): EgressRequest => ({
  url,
  method: 'GET',
  headers: {},
  body: null,
  signal: AbortSignal.timeout(10_000),
  ...rest,
});

describe('through IMAS_EGRESS_PROXY', () => {
  test('http goes in absolute form, with its body, to the host that was meant', async () => {
    const egress = through(toPlain);
    const { body } = await egress.fetch(get('http://pager.example.com/a?b=c', { method: 'POST', body: 'all of it' }));
    expect(body).toBe('POST /a?b=c for pager.example.com');
    expect(toPlain.asked.at(-1)).toBe('POST http://pager.example.com/a?b=c');
    // The connection is used again, and each request says where it goes.
    await egress.fetch(get('http://pager.example.com/second'));
    expect(toPlain.asked.at(-1)).toBe('GET http://pager.example.com/second');
  });

  test('https goes in a tunnel, and it is the far end whose certificate is checked', async () => {
    const { body } = await through(toSecure).fetch(get('https://mail.example.test/secret-path'));
    expect(body).toBe('GET /secret-path for mail.example.test');
    expect(toSecure.asked).toEqual(['CONNECT mail.example.test:443']);
    await expect(through(toSecure).fetch(get('https://pager.example.com/'))).rejects.toMatchObject({
      said: { code: 'cause.certificateName' },
    });
  });

  test('a name that only the proxy knows is handed on', async () => {
    expect((await through(toPlain).fetch(get('http://known.outside.example/'))).body).toBe('GET / for known.outside.example');
  });

  test('a web socket goes in a tunnel, also one without TLS', async () => {
    const server = await startWebSocketServer();
    const proxy = await startProxy({ leadsTo: server.port });
    const socket = await through(proxy).openWebSocket({ url: 'ws://pager.example.com/events', signal: AbortSignal.timeout(10_000) });
    expect(proxy.asked).toEqual(['CONNECT pager.example.com:80']);
    socket.close();
    await expect(
      through(proxy).openWebSocket({ url: 'ws://inside.example.com/', signal: AbortSignal.timeout(10_000) }),
    ).rejects.toMatchObject({ said: { code: 'cause.notAllowed' } });
    expect(proxy.asked).toHaveLength(1);
    await Promise.all([proxy.close(), server.close()]);
  });

  test('credentials go to the proxy alone', async () => {
    const proxy = toPlain.url.replace('//', '//imas:s%3Acret@');
    await through({ url: proxy }).fetch(get('http://pager.example.com/'));
    expect(toPlain.authorizations.at(-1)).toBe(`Basic ${Buffer.from('imas:s:cret').toString('base64')}`);
    await through({ url: toSecure.url.replace('//', '//imas:s%3Acret@') }).fetch(get('https://mail.example.test/'));
    expect(toSecure.authorizations.at(-1)).toBe(`Basic ${Buffer.from('imas:s:cret').toString('base64')}`);
  });

  test.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'http://[::1]/',
    'https://0x7f.1/',
    'http://2130706433/',
    'http://169.254.169.254/latest/meta-data/',
    'https://[::ffff:10.0.0.1]/',
    'http://inside.example.com/',
    'https://inside.example.com/',
    'https://metadata.example.com/',
  ])('%s is refused before the proxy hears of it', async (url) => {
    const before = toPlain.asked.length + toSecure.asked.length;
    for (const proxy of [toPlain, toSecure])
      await expect(through(proxy).fetch(get(url))).rejects.toMatchObject({ name: 'EgressRefused', said: { code: 'cause.notAllowed' } });
    expect(toPlain.asked.length + toSecure.asked.length).toBe(before);
  });

  test('what IMAS_EGRESS_ALLOW names may be reached through it too', async () => {
    expect((await through(toPlain, ['10.0.0.0/8']).fetch(get('http://inside.example.com/'))).status).toBe(200);
  });

  test('a proxy that refuses, and one that is away, are told apart from the far end, without the path', async () => {
    const refusing = await startProxy({ leadsTo: 1, refuses: 403 });
    await expect(through(refusing).fetch(get('https://pager.example.com/secret-path'))).rejects.toMatchObject({
      message: `The proxy 127.0.0.1:${refusing.port} refused the connection to pager.example.com (403).`,
    });
    await refusing.close();
    for (const url of ['https://pager.example.com/secret-path', 'http://pager.example.com/secret-path'])
      await expect(through({ url: 'http://imas:secret@127.0.0.1:1' }).fetch(get(url))).rejects.toMatchObject({
        message: 'The proxy 127.0.0.1:1 does not answer (ECONNREFUSED).',
      });
  });
});

test('the setting names its problem, and never its password', () => {
  expect(readConfig({ IMAS_EGRESS_PROXY: 'http://imas:secret@proxy.example:3128' }).egressProxy?.host).toBe('proxy.example:3128');
  expect(readConfig({}).egressProxy).toBeNull();
  for (const wrong of ['https://imas:secret@proxy.example', 'imas:secret@proxy.example:3128', 'socks5://imas:secret@proxy.example'])
    expect(() => readConfig({ IMAS_EGRESS_PROXY: wrong })).toThrow(
      /^IMAS_EGRESS_PROXY: must be http:\/\/host:port, with user:password@ before/,
    );
});
