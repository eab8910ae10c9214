import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type Lookup } from '../../src/egress/create-egress.ts';
import { EgressRefused } from '../../src/egress/egress.ts';
import { startCanary, type Canary } from './canary.ts';
import { hosts } from './hosts.ts';

/** As SMTP's host field could hold them: no URL parser stands before these. */
const hostTexts = [
  ...hosts,
  '::1',
  '::ffff:127.0.0.1',
  'fe80::1%eth0',
  '[fe80::1%25eth0]',
  '[fe80::1%lo]',
  '127.0.0.1:25',
  '127.0.0.1/x',
  'a@127.0.0.1',
  ' 127.0.0.1',
  '',
  '.',
  '%31%32%37.0.0.1',
  '256.1.1.1',
  '1.2.3.4.5',
  'x\r\ny',
];

describe('addresses that are not public', () => {
  let canary: Canary;
  const neverAsked: Lookup = (name) => Promise.reject(new Error(`${name} was looked up`));
  const egress = createEgress({ allow: [], lookup: neverAsked, timeoutMs: 2_000 });

  beforeAll(async () => {
    canary = await startCanary('0.0.0.0');
  });
  afterAll(() => canary.close());

  it.each(hosts)('refuses http://%s', async (host) => {
    const url = `http://${host}:${canary.port}/`;
    await expect(egress.fetch({ url, method: 'GET', headers: {}, body: null, signal: AbortSignal.timeout(5_000) })).rejects.toBeInstanceOf(
      EgressRefused,
    );
  });

  it.each(hostTexts)('does not resolve "%s"', async (host) => {
    await expect(egress.resolve(host)).rejects.toBeInstanceOf(EgressRefused);
  });

  it.each(hosts.filter((host) => /^[\d.]+$|^\[/.test(host) && !host.endsWith('.')))('refuses a name that resolves to %s', async (host) => {
    const address = host.replaceAll(/[[\]]/g, '');
    const naming = createEgress({
      allow: [],
      lookup: () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]),
      timeoutMs: 2_000,
    });
    await expect(naming.resolve('innocent.example.com')).rejects.toBeInstanceOf(EgressRefused);
    const call = naming.fetch({
      url: `http://innocent.example.com:${canary.port}/`,
      method: 'GET',
      headers: {},
      body: null,
      signal: AbortSignal.timeout(5_000),
    });
    await expect(call).rejects.toBeInstanceOf(EgressRefused);
  });

  it('refuses a name when one of its answers is public and another is not', async () => {
    const answers = [
      { address: '93.184.216.34', family: 4 as const },
      { address: '127.0.0.1', family: 4 as const },
    ];
    for (const order of [answers, answers.toReversed()]) {
      const mixed = createEgress({ allow: [], lookup: () => Promise.resolve(order), timeoutMs: 2_000 });
      await expect(mixed.resolve('two.example.com')).rejects.toBeInstanceOf(EgressRefused);
      const call = mixed.fetch({
        url: `http://two.example.com:${canary.port}/`,
        method: 'GET',
        headers: {},
        body: null,
        signal: AbortSignal.timeout(5_000),
      });
      await expect(call).rejects.toBeInstanceOf(EgressRefused);
    }
  });

  it('refuses localhost by the system resolver', async () => {
    const real = createEgress({ allow: [] });
    await expect(real.resolve('localhost')).rejects.toBeInstanceOf(EgressRefused);
    await expect(real.resolve('LOCALHOST.')).rejects.toBeInstanceOf(EgressRefused);
  });

  it('was never connected to', () => {
    expect(canary.connections()).toBe(0);
    expect(canary.bytes()).toBe(0);
  });
});

describe('addresses of the public internet', () => {
  it.each([
    '93.184.216.34',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.0.1',
    '198.17.0.1',
    '198.20.0.1',
    '223.255.255.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:800::200e',
    '64:ff9b::5db8:d822',
  ])('lets %s through', async (address) => {
    const egress = createEgress({ allow: [], lookup: () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]) });
    expect((await egress.resolve('public.example.com')).address).toBe(address);
  });
});

describe('what is allowed', () => {
  it.each([
    { allow: ['10.0.0.0/8'], address: '10.1.2.3', reached: true },
    { allow: ['10.0.0.0/8'], address: '11.0.0.1', reached: true },
    { allow: ['10.0.0.0/16'], address: '10.1.2.3', reached: false },
    { allow: ['10.1.2.3'], address: '10.1.2.3', reached: true },
    { allow: ['10.1.2.3'], address: '10.1.2.4', reached: false },
    { allow: ['127.0.0.0/8'], address: '::ffff:127.0.0.1', reached: true },
    { allow: ['127.0.0.0/8'], address: '64:ff9b::7f00:1', reached: true },
    { allow: ['127.0.0.0/8'], address: '::1', reached: false },
    { allow: ['::1/128'], address: '::1', reached: true },
    { allow: ['fd00::/8'], address: 'fd12::1', reached: true },
    { allow: ['jira.corp.example'], address: '10.1.2.3', reached: true },
    { allow: ['JIRA.corp.example'], address: '10.1.2.3', reached: true },
    { allow: ['*.corp.example'], address: '10.1.2.3', reached: true },
    { allow: ['corp.example'], address: '10.1.2.3', reached: false },
    { allow: ['*.jira.corp.example'], address: '10.1.2.3', reached: false },
    // A name opens private networks, and not the metadata service that its owner could point it to.
    { allow: ['jira.corp.example'], address: '169.254.169.254', reached: false },
    { allow: ['jira.corp.example'], address: '0.0.0.0', reached: false },
    { allow: ['169.254.169.254/32'], address: '169.254.169.254', reached: true },
  ])('$allow and $address: $reached', async ({ allow, address, reached }) => {
    const egress = createEgress({ allow, lookup: () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]) });
    const resolved = egress.resolve('jira.corp.example').then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(EgressRefused);
        return false;
      },
    );
    expect(await resolved).toBe(reached);
  });

  it.each(['10.0.0.0/33', '10', '10.0', 'https://x', 'a b', '1.2.3.4.5', '', '*', '10.0.0.0/8/8'])('says that "%s" is no rule', (entry) => {
    expect(() => createEgress({ allow: [entry] })).toThrow('is neither a network');
  });
});
