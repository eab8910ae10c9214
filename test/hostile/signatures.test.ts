import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { signatureHeaders } from '../../src/connectors/webhook/sign.ts';
import { startReceiver, type Receiver } from '../intake-http/receiver.ts';
import { payloadBytes, type PayloadName } from '../sources/payloads.ts';

const timestamp = 1_795_251_127;
let nowMs = timestamp * 1_000;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver({ now: () => nowMs });
});
afterAll(() => receiver.close());
afterEach(() => {
  nowMs = timestamp * 1_000;
  vi.useRealTimers();
});

const secret = 'a secret of many letters';
const hmac = (key: string, ...parts: (string | Uint8Array)[]): string =>
  parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest('hex');

/** Forty that are near, and some that are no signature at all. */
function near(right: string): readonly string[] {
  const flipped = Array.from({ length: 25 }, (_, n) => {
    const at = Math.floor((n * right.length) / 25);
    return right.slice(0, at) + (right[at] === 'a' ? 'b' : 'a') + right.slice(at + 1);
  });
  const others = [
    '',
    ' ',
    right.slice(1),
    right.slice(0, -1),
    `${right}0`,
    `sha256=${right}`,
    right.toUpperCase() === right ? right.toLowerCase() : `0x${right}`,
    `${right},${right}`,
    'null',
    'undefined',
    '0'.repeat(right.length),
  ];
  const random = Array.from({ length: 8 }, () => randomBytes(32).toString('hex'));
  return [...new Set([...flipped, ...others, ...random])].filter((text) => text !== right);
}

const kept = async (): Promise<number[]> => [
  await receiver.count('alerts'),
  await receiver.count('rejected_payloads'),
  await receiver.count('incidents'),
];

async function noneGetsIn(source: string, body: Uint8Array, forged: readonly Record<string, string>[]): Promise<void> {
  expect(forged.length).toBeGreaterThanOrEqual(40);
  const before = await kept();
  for (const headers of forged) expect((await receiver.post(source, body, headers)).status, JSON.stringify(headers)).toBe(401);
  expect(await kept()).toEqual(before);
  expect(receiver.logged.join('')).not.toContain(secret);
}

describe.each<[string, PayloadName]>([
  ['alertmanager', 'alertmanager-firing'],
  ['grafana', 'grafana-firing'],
  ['datadog', 'datadog-triggered'],
  ['generic', 'generic-batch'],
])('the bearer of %s', (source, name) => {
  test('is the whole secret, and nothing like it', async () => {
    await receiver.secure(source as 'grafana', { secret });
    expect((await receiver.post(source, payloadBytes(name), { authorization: `Bearer ${secret}` })).status).toBe(202);
    const forged = near(secret).map((text) => ({ authorization: `Bearer ${text}` }));
    await noneGetsIn(source, payloadBytes(name), [
      ...forged,
      { authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}` },
      { authorization: secret },
      { 'x-secret': secret },
    ]);
  });
});

describe('the signature of Grafana', () => {
  const body = payloadBytes('grafana-firing');
  beforeAll(() => receiver.secure('grafana', { signing: secret }));

  test('over the body alone', async () => {
    const right = hmac(secret, body);
    expect((await receiver.post('grafana', body, { 'x-grafana-alerting-signature': right })).status).toBe(202);
    await noneGetsIn(
      'grafana',
      body,
      near(right).map((text) => ({ 'x-grafana-alerting-signature': text })),
    );
  });

  test('over time and body', async () => {
    const stamp = String(timestamp);
    const right = hmac(secret, `${stamp}:`, body);
    const signed = (signature: string, at = stamp) => ({ 'x-grafana-alerting-signature': signature, 'x-grafana-alerting-timestamp': at });
    expect((await receiver.post('grafana', body, signed(right))).status).toBe(202);
    const times = [
      ` ${timestamp + 1}`,
      `${timestamp}.0`,
      `+${timestamp}`,
      `${timestamp - 1}`,
      '',
      'now',
      '1e9',
      '0',
      '-1',
      `${timestamp}000`,
      '99999999999999999999',
    ];
    await noneGetsIn('grafana', body, [
      ...near(right).map((text) => signed(text)),
      ...times.map((at) => signed(right, at)),
      signed(hmac(secret, body)),
    ]);
  });

  test.each([
    [-301, 401],
    [-300, 202],
    [300, 202],
    [301, 401],
  ])('%i s away: %i', async (away, status) => {
    const at = String(timestamp + away);
    const headers = { 'x-grafana-alerting-signature': hmac(secret, `${at}:`, body), 'x-grafana-alerting-timestamp': at };
    expect((await receiver.post('grafana', body, headers)).status).toBe(status);
  });
});

test('the signature of Sentry', async () => {
  const body = payloadBytes('sentry-issue-created');
  await receiver.secure('sentry', { signing: secret });
  await receiver.secure('generic', { secret: 'another secret altogether' });
  const right = hmac(secret, body);
  expect((await receiver.post('generic', body, { 'sentry-hook-signature': right })).status).toBe(202);
  await noneGetsIn('generic', body, [
    ...near(right).map((text) => ({ 'sentry-hook-signature': text })),
    { 'sentry-hook-signature': hmac('another secret altogether', body) },
    { authorization: `Bearer ${secret}` },
  ]);
});

describe('our own signature, as a receiver reads it with the library of the standard', () => {
  const key = `whsec_${randomBytes(32).toString('base64')}`;
  const body = JSON.stringify({ event: 'incident.created' });
  const at = new Date(timestamp * 1_000);
  const headers = signatureHeaders(key, 'delivery-1', body, at);
  const verify = (changed: Record<string, string>, awaySeconds = 0, text = body): unknown => {
    vi.useFakeTimers({ toFake: ['Date'], now: at.getTime() + awaySeconds * 1_000 });
    return new Webhook(key).verify(text, changed);
  };

  test('verifies, also under a secret that is plain text', () => {
    expect(verify(headers)).toEqual({ event: 'incident.created' });
    const plain = 'a text of sixteen or more';
    const signed = signatureHeaders(plain, 'delivery-1', body, at);
    expect(new Webhook(plain, { format: 'raw' }).verify(body, signed)).toEqual({ event: 'incident.created' });
  });

  test('and nothing like it does', () => {
    const right = headers['webhook-signature'] as string;
    const forged = near(right.slice(3)).map((text) => ({ ...headers, 'webhook-signature': `v1,${text}` }));
    const others = [
      { ...headers, 'webhook-signature': right.replace('v1', 'v2') },
      { ...headers, 'webhook-signature': right.slice(3) },
      { ...headers, 'webhook-id': 'delivery-2' },
      { ...headers, 'webhook-timestamp': String(timestamp + 1) },
      signatureHeaders(`whsec_${randomBytes(32).toString('base64')}`, 'delivery-1', body, at),
    ];
    expect(forged.length).toBeGreaterThanOrEqual(40);
    // A last letter of base64 may hold bits that mean nothing: the same bytes, and no forgery.
    const differs = (text: string) => !Buffer.from(text, 'base64').equals(Buffer.from(right.slice(3), 'base64'));
    const meant = forged.filter((each) => differs(each['webhook-signature'].slice(3)));
    expect(meant.length).toBeGreaterThanOrEqual(35);
    for (const changed of [...meant, ...others]) expect(() => verify(changed), JSON.stringify(changed)).toThrow();
    expect(() => verify(headers, 0, `${body} `)).toThrow();
  });

  test.each([
    [-301, false],
    [-300, true],
    [300, true],
    [301, false],
  ])('%i s away: %s', (away, accepted) => {
    if (accepted) expect(verify(headers, away)).toBeDefined();
    else expect(() => verify(headers, away)).toThrow(/timestamp/i);
  });
});
