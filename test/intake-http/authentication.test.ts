import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { payloadBytes } from '../sources/payloads.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const timestamp = 1_795_251_127;
let nowMs = timestamp * 1_000;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver({ now: () => nowMs });
});
afterAll(() => receiver.close());
beforeEach(() => {
  nowMs = timestamp * 1_000;
});

const body = payloadBytes('grafana-firing');
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const nothingKept = async () => [await receiver.count('alerts'), await receiver.count('rejected_payloads')];

describe('a secret', () => {
  beforeEach(() => receiver.secure('alertmanager', { secret: 's3cr3t-token' }));
  const post = (headers: Record<string, string>) => receiver.post('alertmanager', payloadBytes('alertmanager-firing'), headers);

  test('lets in who has it', async () => {
    expect((await post(bearer('s3cr3t-token'))).status).toBe(202);
    expect((await post({ authorization: 'bearer  s3cr3t-token' })).status).toBe(202);
  });

  test('keeps everyone else out, and what they sent is not kept', async () => {
    const before = await nothingKept();
    const guesses = Array.from({ length: 40 }, (_, n) => 's3cr3t-token'.slice(0, n % 12) + randomBytes(4).toString('hex'));
    for (const guess of guesses) expect((await post(bearer(guess))).status).toBe(401);
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: 's3cr3t-token' },
      { authorization: 'Basic czNjcjN0LXRva2Vu' },
    ]) {
      expect((await post(headers as Record<string, string>)).status).toBe(401);
    }
    const malformed = await receiver.post('alertmanager', '{', bearer('wrong'));
    expect(malformed.status).toBe(401);
    expect(malformed.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(malformed.body).toMatchObject({ status: 401, title: expect.any(String) as string });
    expect(await nothingKept()).toEqual(before);
    expect(receiver.logged.join('')).not.toContain('s3cr3t-token');
  });

  test('an open alert source beside it opens nothing, and one that is switched off is no way in', async () => {
    await receiver.database.pool.query(`insert into alert_sources (name, source, open) values ('open', 'alertmanager', true)`);
    expect((await post({})).status).toBe(401);
    await receiver.database.pool.query(`update alert_sources set is_active = false where source = 'alertmanager'`);
    expect((await post(bearer('s3cr3t-token'))).status).toBe(401);
    expect((await post({})).status).toBe(401);
  });

  test('of one source is none of another', async () => {
    await receiver.secure('grafana', { secret: 'another' });
    expect((await receiver.post('grafana', body, bearer('s3cr3t-token'))).status).toBe(401);
    expect((await receiver.post('grafana', body, bearer('another'))).status).toBe(202);
  });

  test('the alert source that let it in is the one that is stored', async () => {
    const id = await receiver.secure('datadog', { secret: 'dd' });
    await receiver.post('datadog', payloadBytes('datadog-triggered'), bearer('dd'));
    const { rows } = await receiver.database.pool.query(`select distinct integration_id from alerts where source = 'datadog'`);
    expect(rows).toEqual([{ integration_id: id }]);
  });
});

describe("Grafana's signature, made by Grafana's own notifier", () => {
  const signed = {
    'x-grafana-alerting-signature': '3ae5d0d70f6e72c08f7fa68dace9c9f4c8913863c4999a8387a63005957f2e4c',
    'x-grafana-alerting-timestamp': String(timestamp),
  };
  beforeEach(() => receiver.secure('grafana', { secret: 'tok', signing: 'hmac-secret' }));

  test('stands for the secret', async () => {
    expect((await receiver.post('grafana', body, signed)).status).toBe(202);
    expect((await receiver.post('grafana', body, { ...signed, ...bearer('wrong') })).status).toBe(202);
    expect((await receiver.post('grafana', body, bearer('tok'))).status).toBe(202);
    expect((await receiver.post('grafana', body)).status).toBe(401);
  });

  test.each([
    [-301, 401],
    [-300, 202],
    [300, 202],
    [301, 401],
  ])('%i seconds from our clock: %i', async (seconds, status) => {
    nowMs = (timestamp - seconds) * 1_000;
    expect((await receiver.post('grafana', body, signed)).status).toBe(status);
  });

  test('40 bad ones are refused, and nothing of them is kept', async () => {
    const before = await nothingKept();
    for (let n = 0; n < 40; n++) {
      const headers = { ...signed, 'x-grafana-alerting-signature': randomBytes(32).toString('hex') };
      expect((await receiver.post('grafana', body, headers)).status).toBe(401);
    }
    const changed = Buffer.from(body);
    changed[20] = (changed[20] as number) ^ 1;
    expect((await receiver.post('grafana', changed, signed)).status).toBe(401);
    expect((await receiver.post('grafana', body, { ...signed, 'x-grafana-alerting-timestamp': String(timestamp + 1) })).status).toBe(401);
    expect(await nothingKept()).toEqual(before);
  });

  test('a signing secret that cannot be decrypted lets no one in, not even unsigned', async () => {
    await receiver.secure('grafana', null);
    await receiver.database.pool.query(`update alert_sources set signing_secret = 'WyJ4IiwieSJd' where source = 'grafana'`);
    expect((await receiver.post('grafana', body, signed)).status).toBe(401);
    expect((await receiver.post('grafana', body)).status).toBe(401);
  });
});

describe('Sentry on the generic address', () => {
  const sentry = payloadBytes('sentry-issue-created');
  const sign = (secret: string, bytes: Uint8Array = sentry) => ({
    'sentry-hook-resource': 'issue',
    'sentry-hook-signature': createHmac('sha256', secret).update(bytes).digest('hex'),
  });

  test('its client secret signs, and the generic secret goes as well', async () => {
    await receiver.secure('sentry', { signing: 'client-secret' });
    await receiver.secure('generic', { secret: 'gen' });
    expect((await receiver.post('generic', sentry, sign('client-secret'))).status).toBe(202);
    expect((await receiver.post('generic', sentry, bearer('gen'))).status).toBe(202);
    expect((await receiver.post('generic', sentry)).status).toBe(401);
    for (let n = 0; n < 40; n++) expect((await receiver.post('generic', sentry, sign(`client-secret${n}`))).status).toBe(401);
    expect((await receiver.post('generic', sentry, sign('client-secret', body))).status).toBe(401);
  });

  test.each([{ error: 'timeout' }, { event: { kind: 'x' } }, { installation: 'eu-1' }])(
    'a generic alert may carry data that Sentry has too: %j',
    async (data) => {
      await receiver.secure('sentry', null);
      await receiver.secure('generic', null);
      const answer = await receiver.post('generic', JSON.stringify({ title: `Job failed ${JSON.stringify(data)}`, data }));
      expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } });
    },
  );

  test('an open Sentry beside an open generic: each alert belongs to its own', async () => {
    const sentryId = await receiver.secure('sentry', null);
    const genericId = await receiver.secure('generic', null);
    await receiver.database.pool.query('truncate alerts, alert_deliveries');
    await receiver.post('generic', sentry);
    await receiver.post('generic', '{"title":"X"}');
    const { rows } = await receiver.database.pool.query('select source, integration_id from alerts order by source');
    expect(rows).toEqual([
      { source: 'generic', integration_id: genericId },
      { source: 'sentry', integration_id: sentryId },
    ]);
  });
});
