import { Resolver } from 'node:dns/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type Api } from '../api/harness.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { createEgress, type Lookup } from '../../src/egress/create-egress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { sendBy } from '../connectors/send.ts';
import { startCanary, type Canary } from '../egress/canary.ts';
import { startDnsServer, type DnsServer } from '../egress/dns-server.ts';
import { hosts } from '../egress/hosts.ts';

const registry = createRegistry({ mail: null });

let canary: Canary;
beforeAll(async () => {
  canary = await startCanary('0.0.0.0');
});
afterAll(() => canary.close());
const untouched = (): void => expect([canary.connections(), canary.bytes()]).toEqual([0, 0]);

const send = (type: 'WEBHOOK' | 'SMTP', config: object, egress: Egress) =>
  sendBy(registry.byType(type) as Connector, { config, to: 'ann@example.com', door: egress, signal: AbortSignal.timeout(10_000) });

const toWebhook = (host: string, egress: Egress, port = canary.port) =>
  send('WEBHOOK', { url: `http://${host}:${port}/`, method: 'POST' }, egress);
const toMailServer = (host: string, egress: Egress, port = canary.port) =>
  send('SMTP', { host, port, use_tls: false, use_ssl: false, from_email: 'imas@example.com' }, egress);

describe('real connectors', () => {
  const closed = createEgress({ allow: [], lookup: (name) => Promise.reject(new Error(`${name} was looked up`)), timeoutMs: 2_000 });

  test('there are enough ways to try', () => expect(hosts.length).toBeGreaterThanOrEqual(150));

  test.each(hosts)('a webhook and a mail server at %s are refused for good', async (host) => {
    for (const result of [await toWebhook(host, closed), await toMailServer(host, closed)]) {
      expect(result).toMatchObject({ ok: false, permanent: true });
      expect(!result.ok && result.reason).toMatch(/may not reach|not valid/);
    }
    untouched();
  });

  test.each([301, 302, 303, 307, 308])('a %i that leads here is not followed', async (status) => {
    const server = createServer((_, response) => response.writeHead(status, { location: `//127.0.0.2:${canary.port}/` }).end());
    const port = await listen(server, '127.0.0.1');
    const result = await toWebhook('127.0.0.1', createEgress({ allow: ['127.0.0.1'] }), port);
    expect(result).toMatchObject({ ok: false, permanent: true, reason: `HTTP ${status}.` });
    untouched();
    await close(server);
  });
});

describe('a name server that changes its mind', () => {
  let dns: DnsServer;
  let lookup: Lookup;
  let allowed: Server;
  let served = 0;
  beforeAll(async () => {
    dns = await startDnsServer(({ name, type, nth }) => {
      if (name === 'odd.rebind.test') return type === 'A' ? [nth % 2 === 1 ? '127.0.0.1' : '127.0.0.2'] : [];
      if (name === 'both.rebind.test') return type === 'A' ? ['127.0.0.1', '127.0.0.2'] : [];
      if (name === 'six.rebind.test') return type === 'A' ? ['127.0.0.1'] : ['::ffff:7f00:2'];
      if (name === 'metadata.rebind.test') return type === 'A' ? ['169.254.169.254'] : [];
      return type === 'A' ? ['127.0.0.2'] : [];
    });
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${dns.port}`]);
    lookup = async (name) => {
      const [four, six] = await Promise.all([resolver.resolve4(name).catch(() => []), resolver.resolve6(name).catch(() => [])]);
      return [...four.map((address) => ({ address, family: 4 as const })), ...six.map((address) => ({ address, family: 6 as const }))];
    };
    allowed = createServer((_, response) => {
      served += 1;
      response.setHeader('connection', 'close').end('ok');
    });
    // At the port of a canary of its own, so that only the address decides.
    await listen(allowed, '127.0.0.1');
  });
  afterAll(async () => {
    await dns.close();
    await close(allowed);
  });
  const portOf = (): number => (allowed.address() as AddressInfo).port;

  test('is asked once for a connection, and what it said then is connected to', async () => {
    const trap = await startCanary('127.0.0.2', portOf());
    const egress = createEgress({ allow: ['127.0.0.1'], lookup });
    const outcomes = [];
    for (let turn = 0; turn < 20; turn += 1) outcomes.push((await toWebhook('odd.rebind.test', egress, portOf())).ok);
    expect(outcomes).toEqual(Array.from({ length: 20 }, (_, turn) => turn % 2 === 0));
    expect(dns.asked.get('odd.rebind.test a') ?? dns.asked.get('odd.rebind.test A')).toBe(20);
    expect(served).toBe(10);
    expect([trap.connections(), trap.bytes()]).toEqual([0, 0]);
    await trap.close();
  });

  test.each(['both.rebind.test', 'six.rebind.test', 'metadata.rebind.test', 'other.rebind.test'])(
    '%s is refused as a whole',
    async (name) => {
      const before = served;
      const trap = await startCanary('127.0.0.2', portOf());
      const egress = createEgress({ allow: ['127.0.0.1'], lookup });
      expect(await toWebhook(name, egress, portOf())).toMatchObject({ ok: false, permanent: true });
      expect(await toMailServer(name, egress, portOf())).toMatchObject({ ok: false, permanent: true });
      expect([trap.connections(), served]).toEqual([0, before]);
      await trap.close();
    },
  );

  test('is let through where the name is allowed: the canary does sing', async () => {
    const trap = await startCanary('127.0.0.2');
    expect(await toWebhook('other.rebind.test', createEgress({ allow: ['other.rebind.test'], lookup }), trap.port)).toMatchObject({
      ok: true,
    });
    expect(await toWebhook('other.rebind.test', createEgress({ allow: ['rebind.test'], lookup }), trap.port)).toMatchObject({
      ok: false,
    });
    expect(await toWebhook('metadata.rebind.test', createEgress({ allow: ['*.rebind.test'], lookup }), trap.port)).toMatchObject({
      ok: false,
    });
    expect(trap.connections()).toBe(1);
    expect(trap.bytes()).toBeGreaterThan(0);
    await trap.close();
  });
});

describe('the test of a provider', () => {
  let api: Api;
  beforeAll(async () => {
    const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
    api = await startApi({ secrets, egress: createEgress({ allow: [], timeoutMs: 2_000 }) });
  });
  afterAll(() => api.close());

  test('reaches none of them either', async () => {
    let tried = 0;
    for (const [nth, host] of hosts.entries()) {
      const config =
        nth % 2 === 0
          ? { type: 'WEBHOOK', config: { url: `http://${host}:${canary.port}/` } }
          : { type: 'SMTP', config: { host, port: canary.port, use_tls: false, from_email: 'imas@example.com' } };
      const made = await api.request('POST', '/api/v1/providers/', { json: { name: `p${nth}`, ...config } });
      // Some are no URL at all.
      if (made.status === 422) continue;
      const { status, body } = await api.request('POST', `/api/v1/providers/${made.body.id}/test/`, {
        json: { address: 'ann@example.com' },
      });
      expect(status).toBe(200);
      expect(body, host).toMatchObject({
        outcome: 'failed',
        reason: { message: expect.stringMatching(/may not reach|not valid/) as string },
      });
      tried += 1;
    }
    expect(tried).toBeGreaterThanOrEqual(150);
    untouched();
  });
});

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve) => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
