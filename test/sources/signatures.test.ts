import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { grafanaSignature } from '../../src/connectors/grafana/signature.ts';
import { sentrySignature } from '../../src/connectors/sentry/signature.ts';
import { payloadBytes } from './payloads.ts';

/** Made by Grafana's own notifier library with this secret, over `timestamp + ":" + body`. */
const signedByGrafana = [
  ['grafana-firing', '3ae5d0d70f6e72c08f7fa68dace9c9f4c8913863c4999a8387a63005957f2e4c'],
  ['grafana-resolved', 'cafbae284617e25de31d25a9161f61cfa9ca37c469a8a353e942197dda5e91bc'],
] as const;
const secret = 'hmac-secret';
const timestamp = '1795251127';
const signedAtMs = Number(timestamp) * 1_000;
const body = payloadBytes('grafana-firing');
const genuine = { 'x-grafana-alerting-signature': signedByGrafana[0][1], 'x-grafana-alerting-timestamp': timestamp };

describe('Grafana', () => {
  test.each(signedByGrafana)('%s verifies', (name, signature) => {
    const headers = { ...genuine, 'x-grafana-alerting-signature': signature };
    expect(grafanaSignature.verify({ body: payloadBytes(name), headers, secret, nowMs: signedAtMs })).toBe(true);
  });

  test.each([
    [-301_000, false],
    [-300_000, true],
    [0, true],
    [300_000, true],
    [301_000, false],
    [86_400_000, false],
  ])('%i ms from our clock: %s', (awayMs, accepted) => {
    expect(grafanaSignature.verify({ body, headers: genuine, secret, nowMs: signedAtMs + awayMs })).toBe(accepted);
  });

  test('without a timestamp header it is over the body alone, and one cannot stand for the other', () => {
    const alone = { 'x-grafana-alerting-signature': createHmac('sha256', secret).update(body).digest('hex') };
    expect(grafanaSignature.verify({ body, headers: alone, secret, nowMs: signedAtMs })).toBe(true);
    expect(
      grafanaSignature.verify({ body, headers: { ...alone, 'x-grafana-alerting-timestamp': timestamp }, secret, nowMs: signedAtMs }),
    ).toBe(false);
    expect(
      grafanaSignature.verify({
        body,
        headers: { 'x-grafana-alerting-signature': genuine['x-grafana-alerting-signature'] },
        secret,
        nowMs: signedAtMs,
      }),
    ).toBe(false);
  });
});

describe.each([
  ['Grafana', grafanaSignature, genuine['x-grafana-alerting-signature'], genuine],
  ['Sentry', sentrySignature, createHmac('sha256', secret).update(body).digest('hex'), {}],
])('%s refuses', (_name, scheme, signature, others) => {
  const verify = (changed: string, with_ = secret, bytes: Uint8Array = body): boolean =>
    scheme.verify({ body: bytes, headers: { ...others, [scheme.header]: changed }, secret: with_, nowMs: signedAtMs });

  test('nothing genuine', () => expect(verify(signature)).toBe(true));

  const flipped = Array.from({ length: 40 }, (_, n) => {
    const digit = ((Number.parseInt(signature[n] as string, 16) + 1 + (n % 15)) % 16).toString(16);
    return signature.slice(0, n) + digit + signature.slice(n + 1);
  });
  test.each(flipped)('%s', (changed) => expect(changed !== signature && verify(changed)).toBe(false));

  test.each(['', 'x', signature.slice(1), `${signature}0`, `sha256=${signature}`, 'é'.repeat(64), '0'.repeat(64)])('%s', (changed) => {
    expect(verify(changed)).toBe(false);
  });
  test('another secret, an empty one, and a changed body', () => {
    expect(verify(signature, 'other')).toBe(false);
    expect(verify(createHmac('sha256', '').update(body).digest('hex'), '')).toBe(false);
    expect(verify(signature, secret, Buffer.concat([body, Buffer.from(' ')]))).toBe(false);
  });
  test('no signature', () => expect(scheme.verify({ body, headers: {}, secret, nowMs: signedAtMs })).toBe(false));
});
