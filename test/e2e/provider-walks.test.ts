import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { readConfig } from '../../src/config.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { hashPassword } from '../../src/secrets/password.ts';
import { startDiscord, type Discord } from '../connectors/emulators/discord/server.ts';
import { known, webhookToken } from '../connectors/emulators/discord/world.ts';
import { ntfy } from '../connectors/emulators/ntfy/ntfy-server.ts';
import { newServer, shownOn } from '../connectors/emulators/ntfy/state.ts';
import { letLeave, newAccount } from '../connectors/emulators/ovh/account.ts';
import { ovhSms } from '../connectors/emulators/ovh/ovh-sms.ts';
import { pagerduty, routingKey } from '../connectors/emulators/pagerduty.ts';
import { newPushService, pushService, subscribe, type Subscriber } from '../connectors/emulators/push/push-service.ts';
import { startReceiver, type Receiver } from '../connectors/emulators/receiver.ts';
import { startVendorServer, tlsHost, trustedAuthority, type VendorServer } from '../connectors/emulators/vendor-server.ts';
import { startHouse, type House } from '../support/house.ts';

/** A team, a service, one provider and nothing else, all set up by the API: the incident reaches who has to know, and what comes of it too. */
const baseUrl = 'http://imas.test';
const password = 'correct horse battery staple';
const trusted = getCACertificates('default');
const account = newAccount();
const topics = newServer();
const service = newPushService();
const pager = pagerduty();
let phone: Subscriber;
let discord: Discord;
let house: House;
let ntfyServer: VendorServer;
let ovhServer: VendorServer;
let pushServer: VendorServer;
let pagerServer: Receiver;
let serviceId: string;
let call: <T>(method: string, path: string, json?: unknown) => Promise<T>;

beforeAll(async () => {
  setDefaultCACertificates([...trusted, trustedAuthority]);
  let [ovhUrl, pushUrl] = ['', ''];
  const lookup = (name: string) => Promise.resolve(name === tlsHost ? [{ address: '127.0.0.1', family: 4 as const }] : []);
  [discord, house, ntfyServer, ovhServer, pushServer, pagerServer] = await Promise.all([
    startDiscord(),
    startHouse({ clock: 'real', egress: createEgress({ allow: ['127.0.0.0/8'], lookup }) }),
    startVendorServer(ntfy(topics)),
    startVendorServer(
      ovhSms(account, () => ovhUrl),
      { tls: true },
    ),
    startVendorServer(pushService(service, () => pushUrl)),
    startReceiver(pager.vendor),
  ]);
  [ovhUrl, pushUrl] = [ovhServer.url, pushServer.url];
  const { database, intake, incidents, parts } = house;
  const app = createApp({
    ...parts,
    config: readConfig({ IMAS_BASE_URL: baseUrl, DATABASE_URL: database.url }),
    intake,
    incidents,
    temporalReachable: async () => true,
  });
  await house.person('ann', { phone: '+33612345678' });
  await database.pool.query(`update users set password_hash = $1, is_staff = true where username = 'ann'`, [await hashPassword(password)]);
  let token = '';
  call = async <T>(method: string, path: string, json?: unknown): Promise<T> => {
    const response = await app.request(`/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== '' && { authorization: `Token ${token}` }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  ({ token } = await call<{ token: string }>('POST', 'auth/token/', { username: 'ann', password }));
  const { id: me } = await call<{ id: string }>('GET', 'v1/me/');
  const team = await call<{ id: string }>('POST', 'v1/teams/', { name: 'SRE Core', slack_channel_id: 'C0123456789', current_on_call: me });
  const policy = await call<{ id: string }>('POST', 'v1/escalation-policies/', {
    name: 'Default',
    levels: [{ targets: [{ type: 'owner_on_call' }], delay_seconds: 300 }],
    fallback: [{ type: 'admins' }],
  });
  ({ id: serviceId } = await call<{ id: string }>('POST', 'v1/services/', {
    name: 'redis-prod',
    owner_team: team.id,
    escalation_policy: policy.id,
    criticality: 'TIER_1_CRITICAL',
    runbook_url: 'https://wiki.example.com/redis',
  }));
  await database.pool.query('update providers set is_active = false');
}, 90_000);

afterAll(async () => {
  await house?.stop();
  await Promise.all([discord, ntfyServer, ovhServer, pushServer, pagerServer].map((server) => server?.close()));
  setDefaultCACertificates(trusted);
});

interface Walk {
  readonly name: string;
  readonly type: string;
  readonly config: () => Record<string, unknown>;
  /** After the provider is there. */
  readonly prepare?: (providerId: string) => Promise<void>;
  /** All that its system shows of the incident, as one text. */
  readonly shown: (title: string) => string;
  readonly toldBy: RegExp;
  /** What its system shows once somebody has it. */
  readonly taken: RegExp | null;
}

const walks: readonly Walk[] = [
  {
    name: 'Discord webhook',
    type: 'DISCORD',
    config: () => ({ webhook_url: discord.webhookUrl(known.webhook, webhookToken) }),
    shown: (title) => JSON.stringify([...discord.world.messages.values()].filter((one) => JSON.stringify(one).includes(title))),
    toldBy: /Discord/,
    taken: /Acknowledged/,
  },
  {
    name: 'Mail of the company',
    type: 'SMTP',
    config: () => ({ ...house.mailbox.providerConfig }),
    shown: (title) =>
      house.mailbox.mails
        .filter(({ subject }) => subject.includes(title))
        .map(({ to, subject, text }) => `${to.join()} ${subject} ${text}`)
        .join('\n'),
    toldBy: /Email|ann/,
    taken: null,
  },
  {
    name: 'PagerDuty by webhook',
    type: 'WEBHOOK',
    config: () => ({ url: `${pagerServer.url}/v2/enqueue`, format: 'pagerduty', routing_key: routingKey }),
    shown: (title) =>
      pagerServer.requests
        .filter(({ text }) => text.includes(title))
        .map(({ text }) => `${text} ${[...pager.alerts.values()].join()}`)
        .join('\n'),
    toldBy: /PagerDuty/,
    taken: /acknowledged/,
  },
  {
    name: 'ntfy',
    type: 'NTFY',
    config: () => ({ server: ntfyServer.url, topic: 'imas-alerts', priority: 'high' }),
    shown: (title) => JSON.stringify(shownOn(topics, 'imas-alerts').filter((one) => JSON.stringify(one).includes(title))),
    toldBy: /ntfy/,
    taken: /Acknowledged by ann/,
  },
  {
    name: 'SMS',
    type: 'OVH_SMS',
    config: () => ({
      application_key: account.keys.applicationKey,
      application_secret: account.keys.applicationSecret,
      consumer_key: account.keys.consumerKey,
      service_name: account.serviceName,
      sender: 'IMAS',
      api_url: `${ovhServer.url}/1.0`,
    }),
    shown: (title) => {
      letLeave(account);
      return account.outgoing
        .filter(({ message }) => message.includes(title))
        .map(({ receiver, message }) => `${receiver} ${message}`)
        .join('\n');
    },
    toldBy: /SMS/,
    taken: null,
  },
  {
    name: 'Web push',
    type: 'WEB_PUSH',
    config: () => ({ contact: 'ops@example.com' }),
    prepare: async (providerId) => {
      const { providers } = await call<{ providers: { id: string; public_key: string }[] }>('GET', 'v1/me/devices');
      phone = subscribe(service, pushServer.url, providers.find(({ id }) => id === providerId)!.public_key);
      await call('POST', 'v1/me/devices', { provider_id: providerId, name: 'Pixel', subscription: phone.browser.subscription });
    },
    shown: (title) =>
      phone.arrived
        .filter(({ message }) => message.title.includes(title))
        .map(({ message }) => `${message.title} ${message.body}`)
        .join('\n'),
    toldBy: /Web push/,
    taken: /Acknowledged by ann/,
  },
];

describe.each(walks)('$name alone', ({ name, type, config, prepare, shown, toldBy, taken }) => {
  it('tells who has to know of an incident, and what comes of it', async () => {
    const provider = await call<{ id: string }>('POST', 'v1/providers/', { name, type, config: config() });
    await prepare?.(provider.id);
    const title = `[TEST] Redis Cluster Down ${type}`;
    const incident = await call<{ id: string; short_id: string }>('POST', 'v1/incidents/', {
      title,
      service: serviceId,
      severity: 'SEV2_HIGH',
    });
    await house.until(`${name} shows it`, async () => shown(title) !== '' && shown(title) !== '[]', 30_000);
    const timeline = async () =>
      (await house.timeline(incident.id)).map(({ type: kind, message }) => `${kind as string} ${message as string}`);
    await house.until(
      'the timeline says so',
      async () => (await timeline()).some((line) => line.startsWith('ALERT_SENT') && toldBy.test(line)),
      30_000,
    );
    expect(await timeline()).toContain('DOCUMENT_CREATED LID document created');
    expect((await timeline()).filter((line) => line.startsWith('DELIVERY_FAILED'))).toEqual([]);
    await call('POST', `v1/incidents/${incident.short_id}/acknowledge/`);
    await house.untilStatus(incident.id, 'ACKNOWLEDGED');
    if (taken !== null) await house.until(`${name} shows who has it`, async () => taken.test(shown(title)), 30_000);
    await call('POST', `v1/incidents/${incident.short_id}/resolve/`);
    await house.untilStatus(incident.id, 'RESOLVED');
    await call('PATCH', `v1/providers/${provider.id}/`, { is_active: false });
  }, 90_000);
});
