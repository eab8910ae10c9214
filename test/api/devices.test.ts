import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reseal } from '../../src/cli/reseal-rows.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { warnOwners } from '../../src/delivery/warn-owners.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { newPushService, pushService, subscribe, type PushService } from '../connectors/emulators/push/push-service.ts';
import { startVendorServer, type VendorServer } from '../connectors/emulators/vendor-server.ts';
import { Mailbox } from '../support/mailbox.ts';
import { createSeed } from '../support/seed.ts';
import { baseUrl, startApi, type Api } from './harness.ts';

const secrets = createSecretBox({ key: 'a key of the tests only', oldKeys: [] });
const egress = createEgress({ allow: ['127.0.0.1'] });
let api: Api;
let service: PushService;
let http: VendorServer;
let mailbox: Mailbox;
let provider: { readonly id: string; readonly public_key: string };

beforeAll(async () => {
  service = newPushService();
  let url = '';
  http = await startVendorServer(pushService(service, () => url));
  ({ url } = http);
  mailbox = await Mailbox.start();
  api = await startApi({ secrets, egress });
  const made = await api.request('POST', '/api/v1/providers/', {
    json: { name: 'Push', type: 'WEB_PUSH', config: { contact: 'ops@example.com' } },
  });
  expect([made.status, made.body.config]).toEqual([
    201,
    { contact: 'ops@example.com', public_key: expect.stringMatching(/^[-_\w]{87}$/), private_key: '********' },
  ]);
  ({
    body: {
      providers: [provider],
    },
  } = await api.request('GET', '/api/v1/me/devices'));
  await createSeed(api.database.pool).provider({
    name: 'Mail',
    type: 'SMTP',
    config: { host: '127.0.0.1', port: mailbox.port, use_tls: false, from_email: 'imas@example.com' },
  });
  await api.database.pool.query(`update users set email = username || '@example.com'`);
});
afterAll(async () => {
  await api.close();
  await http.close();
  await mailbox.stop();
});

type Who = 'staff' | 'member';
const device = () => subscribe(service, http.url, provider.public_key);
const add = (subscription: unknown, as: Who = 'member', name = 'Pixel') =>
  api.request('POST', '/api/v1/me/devices', { as, json: { provider_id: provider.id, name, subscription } });
const list = async (as: Who = 'member') => (await api.request('GET', '/api/v1/me/devices', { as })).body.devices;
const warn = () =>
  warnOwners(
    {
      config: { baseUrl },
      database: api.database,
      registry: createRegistry({ mail: null }),
      secrets,
      egress,
      metrics: createMetrics(),
      log: pino({ level: 'silent' }),
    },
    AbortSignal.timeout(20_000),
  );

describe('a device', () => {
  it('is its owner’s alone, and nothing of how it is reached is shown or stored in plain', async () => {
    const phone = device();
    const { body, status } = await add(phone.browser.subscription);
    expect(status).toBe(201);
    expect(await list()).toEqual([
      {
        id: body.id,
        name: 'Pixel',
        provider: { id: provider.id, name: 'Push' },
        added_at: expect.any(String),
        seen_at: expect.any(String),
        state: 'working',
      },
    ]);
    expect(await list('staff')).toEqual([]);
    for (const [method, path, json] of [
      ['PUT', '', { subscription: phone.browser.subscription }],
      ['DELETE', '', undefined],
      ['POST', '/test', undefined],
    ] as const)
      expect((await api.request(method, `/api/v1/me/devices/${body.id}${path}`, { as: 'staff', json })).status).toBe(404);
    const { rows } = await api.database.pool.query(`select row_to_json(d)::text as row from devices d`);
    for (const secret of [phone.path, phone.browser.subscription.keys.auth]) expect(rows[0].row).not.toContain(secret);
    const tested = await api.request('POST', `/api/v1/me/devices/${body.id}/test`, { as: 'member' });
    expect(tested.body).toMatchObject({ outcome: 'sent', receipt: `201 from 127.0.0.1:${http.port}` });
    expect(phone.arrived[0]?.message.title).toMatch(/Test Notification$/);
    const { rows: ledger } = await api.database.pool.query('select address, receipt, ref from deliveries where address = $1', [body.id]);
    expect(JSON.stringify(ledger)).not.toContain(phone.path);
    expect((await api.request('DELETE', `/api/v1/me/devices/${body.id}`, { as: 'member' })).status).toBe(204);
    expect(await list()).toEqual([]);
  });

  it('that is added twice is one, and somebody else’s from when they sign in there', async () => {
    const { subscription } = device().browser;
    const first = await add(subscription);
    const second = await add(subscription, 'member', 'Pixel 9');
    expect(second.body.id).toBe(first.body.id);
    expect((await list()).map(({ name }: { name: string }) => name)).toEqual(['Pixel 9']);
    const taken = await add(subscription, 'staff');
    expect([taken.body.id, await list(), (await list('staff')).length]).toEqual([first.body.id, [], 1]);
    await api.request('DELETE', `/api/v1/me/devices/${first.body.id}`);
  });

  it('whose subscription has changed is reached by the new one', async () => {
    const [old, anew] = [device(), device()];
    const { body } = await add(old.browser.subscription);
    const renewed = await api.request('PUT', `/api/v1/me/devices/${body.id}`, {
      as: 'member',
      json: { subscription: anew.browser.subscription },
    });
    expect(renewed.status).toBe(204);
    await api.request('POST', `/api/v1/me/devices/${body.id}/test`, { as: 'member' });
    expect([old.arrived.length, anew.arrived.length]).toEqual([0, 1]);
    await api.request('DELETE', `/api/v1/me/devices/${body.id}`, { as: 'member' });
  });

  it('that is reached like another row of the same browser takes its place', async () => {
    const [one, two] = [device(), device()];
    const { body } = await add(one.browser.subscription);
    await add(two.browser.subscription);
    const path = `/api/v1/me/devices/${body.id}`;
    const renewed = await api.request('PUT', path, { as: 'member', json: { subscription: two.browser.subscription } });
    expect([renewed.status, (await list()).map(({ id }: { id: string }) => id)]).toEqual([204, [body.id]]);
    await api.request('DELETE', path, { as: 'member' });
  });

  it('that is no subscription, or of no push provider, is refused by name', async () => {
    const bad = await add({ endpoint: 'javascript:alert(1)', keys: { p256dh: 'x', auth: 'y' } });
    expect([bad.status, bad.body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      422,
      ['subscription.endpoint', 'subscription.keys.p256dh', 'subscription.keys.auth'],
    ]);
    const { subscription } = device().browser;
    const other = await api.request('POST', '/api/v1/me/devices', { json: { provider_id: api.policyId, name: 'x', subscription } });
    expect([other.status, other.body.errors[0].field]).toEqual([422, 'provider_id']);
  });

  it('is the twentieth at most', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => add(device().browser.subscription)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await add(device().browser.subscription)).toMatchObject({ status: 409 });
    await Promise.all(many.map(({ body }) => api.request('DELETE', `/api/v1/me/devices/${body.id}`, { as: 'member' })));
  });
});

describe('the owner of a device', () => {
  it('that has gone is told once by another way, and again when it goes again', async () => {
    const phone = device();
    const { body } = await add(phone.browser.subscription);
    phone.isGone = true;
    const failed = await api.request('POST', `/api/v1/me/devices/${body.id}/test`, { as: 'member' });
    expect(failed.body).toMatchObject({ outcome: 'failed', reason: { message: 'The browser has ended the subscription of this device.' } });
    expect((await list())[0].state).toBe('gone');
    const again = await api.request('POST', `/api/v1/me/devices/${body.id}/test`, { as: 'member' });
    expect(again.body.reason.message).toBe('This device has gone, or was removed.');
    await warn();
    await warn();
    expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual([
      [['bob@example.com'], 'Push notifications no longer reach Pixel'],
    ]);
    expect(mailbox.mails[0]?.text).toContain(`${baseUrl}/dashboard/profile/`);
    phone.isGone = false;
    await add(phone.browser.subscription);
    expect((await list())[0].state).toBe('working');
    await warn();
    expect(mailbox.mails).toHaveLength(1);
    await api.request('DELETE', `/api/v1/me/devices/${body.id}`, { as: 'member' });
    mailbox.mails.length = 0;
  });

  it('that was not opened for seven days is told so, by mail where the mail server is back', async () => {
    const { body } = await add(device().browser.subscription, 'member', 'Old tablet');
    await api.database.pool.query(`update devices set seen_at = now() - interval '6 days 23 hours'`);
    await warn();
    expect(mailbox.mails).toEqual([]);
    await api.database.pool.query(`update devices set seen_at = now() - interval '7 days 1 minute'`);
    expect((await list())[0].state).toBe('unseen');
    mailbox.refuse = () => '450 4.2.0 try later';
    await warn();
    mailbox.refuse = () => null;
    await warn();
    expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['Old tablet has not been opened for 7 days']);
    await api.request('DELETE', `/api/v1/me/devices/${body.id}`, { as: 'member' });
  });
});

it('a device is reached with a new key too, once it is sealed anew', async () => {
  const phone = device();
  const { body } = await add(phone.browser.subscription);
  const anew = createSecretBox({ key: 'another key of the tests', oldKeys: ['a key of the tests only'] });
  const report = await reseal(api.database.pool, anew);
  expect(report.unreadable).toEqual([]);
  const { rows } = await api.database.pool.query('select reached_by from devices where id = $1', [body.id]);
  const alone = createSecretBox({ key: 'another key of the tests', oldKeys: [] });
  expect(JSON.parse(alone.open(rows[0].reached_by, `devices/${body.id}/reached_by`))).toEqual(phone.browser.subscription);
});
