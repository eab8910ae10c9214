import { describe, expect, it, onTestFinished } from 'vitest';
import { createCall } from '../../src/connectors/call.ts';
import { failureOf, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import { WebPushConfig } from '../../src/connectors/web-push/config.ts';
import { webPushConnector } from '../../src/connectors/web-push/connector.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { newPushService, pushService, subscribe, type PushService, type Subscriber } from './emulators/push/push-service.ts';
import { startVendorServer, type VendorServer } from './emulators/vendor-server.ts';
import { answers, everyMessage, linePerMessage } from './every-message.ts';
import { incident, notificationWith, type Changes } from './notification.ts';
import { spoken, type Spoken } from './send.ts';

const door = createEgress({ allow: ['127.0.0.1'] });

interface House {
  readonly service: PushService;
  readonly http: VendorServer;
  readonly config: WebPushConfig;
  readonly phone: Subscriber;
}

async function house(contact = 'ops@example.com'): Promise<House> {
  const service = newPushService();
  let url = '';
  const http = await startVendorServer(pushService(service, () => url));
  ({ url } = http);
  onTestFinished(() => http.close());
  const config = WebPushConfig.parse(await webPushConnector.complete?.({ contact }));
  return { service, http, config, phone: subscribe(service, url, config.public_key ?? '') };
}

interface Sending {
  readonly about?: Changes;
  readonly actId?: string;
  readonly to?: string | null;
  readonly signal?: AbortSignal;
}

const callOf = ({ config }: House, { actId = 'delivery-1', signal = AbortSignal.timeout(20_000) }: Sending = {}) =>
  createCall(webPushConnector, { config, door, actId, signal });

async function outcome<T>(work: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await work);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

const reach = ({ phone }: House): string => JSON.stringify(phone.browser.subscription);

const send = (one: House, sending: Sending = {}): Promise<Spoken<Ref>> =>
  outcome(
    webPushConnector.notify!.send(
      callOf(one, sending),
      sending.to === undefined ? reach(one) : sending.to,
      notificationWith(sending.about),
    ),
  );

describe('a page', () => {
  it('arrives encrypted for the device, with its buttons, and stays until somebody has the incident', async () => {
    const one = await house();
    const sent = await send(one, { about: { answers } });
    expect(sent).toEqual({
      ok: true,
      value: { id: incident.id, url: null, receipt: `201 from 127.0.0.1:${one.http.port}` },
    });
    expect(one.phone.arrived).toEqual([
      {
        message: {
          act: 'delivery-1',
          title: '🔴 SEV1 Critical: Redis is down',
          body: 'New incident · redis-prod · INC-ABC123\nNo replica answers since 10:02.',
          tag: incident.id,
          lang: 'en',
          at: Date.parse('2026-11-21T10:02:05.000Z'),
          url: incident.url,
          sounds: true,
          stays: true,
          actions: [
            { act: 'acknowledge', title: 'Acknowledge', url: 'https://imas.example.com/a/1f3c5a7b9d2e4f60' },
            { act: 'resolve', title: 'Resolve', url: 'https://imas.example.com/r/60f4e2d9b7a5c3f1' },
          ],
          unsent: 'Not sent: there is no connection. Press again, or tap to open.',
        },
        ttl: 86_400,
        urgency: 'high',
        topic: expect.stringMatching(/^[-_A-Za-z0-9]{32}$/),
      },
    ]);
    expect(one.http.requests[0]?.text).not.toContain('Redis');
  });

  it('and what comes of the incident stand under one topic: a device that was off gets the last word alone', async () => {
    const one = await house();
    await send(one);
    await send(one, { actId: 'delivery-2', about: { occasion: { code: 'message.occasion.again', values: {} } } });
    await send(one, { about: { incident: { id: '11111111-1111-4111-8111-111111111111' } } });
    const [first, second, other] = one.phone.arrived;
    expect(second?.topic).toBe(first?.topic);
    expect(second?.message.tag).toBe(first?.message.tag);
    expect(other?.topic).not.toBe(first?.topic);
  });

  it('is replaced without a sound by who has it', async () => {
    const one = await house();
    await send(one, { about: { answers } });
    const about = notificationWith({
      occasion: { code: 'message.occasion.acknowledged', values: { who: 'Ann' } },
      incident: { status: 'ACKNOWLEDGED', assignee: 'Ann' },
    });
    const ref = { id: incident.id, url: null, receipt: null };
    const updated = await outcome(webPushConnector.notify!.update!(callOf(one, { actId: 'delivery-1/changed' }), ref, about, reach(one)));
    expect(updated.ok).toBe(true);
    const [page, update] = one.phone.arrived;
    expect(update?.message).toMatchObject({
      title: 'Acknowledged by Ann: Redis is down',
      tag: page?.message.tag,
      sounds: false,
      stays: false,
      actions: [],
    });
    expect(update?.topic).toBe(page?.topic);
  });

  it('is cut where it is more than push services take, and never its buttons', async () => {
    const one = await house();
    const long = '𝕏 "quoted" \n'.repeat(5_000);
    const sent = await send(one, {
      about: { answers, note: long, incident: { title: long, description: long, service: { id: 's', name: long } } },
    });
    expect(sent.ok).toBe(true);
    expect(one.http.requests[0]?.bytes.length).toBeLessThanOrEqual(4_096);
    expect(one.phone.arrived[0]?.message.actions).toHaveLength(2);
    expect(one.phone.arrived[0]?.message.title).toMatch(/…$/);
  });

  it('makes keys that belong together when a provider is made, and keeps those that are given', async () => {
    const one = await house();
    expect(await outcome(webPushConnector.check!(callOf(one)))).toEqual({
      ok: true,
      value: { account: 'mailto:ops@example.com', lacking: [] },
    });
    const other = await webPushConnector.complete!({ contact: 'https://example.com/contact' });
    expect(await webPushConnector.complete!(other)).toBe(other);
    const mixed = WebPushConfig.parse({ ...other, public_key: one.config.public_key });
    const call = createCall(webPushConnector, { config: mixed, door, actId: 'check', signal: AbortSignal.timeout(5_000) });
    expect(await outcome(webPushConnector.check!(call))).toMatchObject({
      ok: false,
      permanent: true,
      reason: 'The public and the private key do not belong together.',
    });
  });
});

describe('a failure', () => {
  const refused = async (one: House, refusal: PushService['refusals'][number]) => {
    one.service.refusals.push(refusal);
    return send(one);
  };

  it('tells a device that has gone from what may work later', async () => {
    const one = await house();
    one.phone.isGone = true;
    expect(await send(one)).toMatchObject({
      ok: false,
      permanent: true,
      addressGone: true,
      reason: 'The browser has ended the subscription of this device.',
      cure: 'Open your profile on the device, and add it again.',
    });
    expect(await refused(one, { status: 404, body: '' })).toMatchObject({ permanent: true, addressGone: true });
    expect(await refused(one, { status: 429, body: '', headers: { 'retry-after': '7' } })).toMatchObject({
      permanent: false,
      retryAfterMs: 7_000,
    });
    expect(await refused(one, { status: 502, body: 'Bad gateway' })).toMatchObject({ permanent: false, maybeDone: true });
    expect(await refused(one, { status: 503, body: '' })).toMatchObject({ permanent: false, maybeDone: false });
  });

  it('says what to do about keys that are not those of the device', async () => {
    const one = await house();
    const keys = await webPushConnector.complete!({ contact: 'ops@example.com' });
    expect(await send({ ...one, config: WebPushConfig.parse(keys) })).toMatchObject({
      ok: false,
      permanent: true,
      reason: 'HTTP 403: “{"code":403,"message":"The subscription belongs to another key."}”.',
      cure: 'Restore the provider’s keys, or add the devices again.',
    });
  });

  it('of a connection that hangs or breaks is passing, and may have arrived', async () => {
    const one = await house();
    one.http.spoil({ on: () => true, how: 'breaks', afterActing: true });
    expect(await send(one)).toMatchObject({ ok: false, permanent: false, maybeDone: true });
    one.http.spoil({ on: () => true, how: 'hangs' });
    expect(await send(one, { signal: AbortSignal.timeout(300) })).toMatchObject({ ok: false, permanent: false, maybeDone: true });
    expect(one.phone.arrived).toHaveLength(1);
  });

  it.each([null, 'phone', '{"endpoint":"file:///etc/passwd","keys":{}}'])('of what is no subscription (%s) is for good', async (to) => {
    expect(await send(await house(), { to })).toMatchObject({
      ok: false,
      permanent: true,
      reason: 'This is not a device that takes push messages.',
    });
  });

  it('goes nowhere that the door does not let', async () => {
    const one = await house();
    const closed = createEgress({ allow: [] });
    const call = createCall(webPushConnector, { config: one.config, door: closed, actId: 'a', signal: AbortSignal.timeout(5_000) });
    expect(await outcome(webPushConnector.notify!.send(call, reach(one), notificationWith()))).toMatchObject({
      ok: false,
      permanent: true,
    });
    expect(one.phone.arrived).toEqual([]);
  });
});

describe('every message', () => {
  it('is as kept in the golden file', async () => {
    const one = await house();
    const shown: Record<string, unknown> = {};
    for (const [name, notification] of everyMessage()) {
      await outcome(webPushConnector.notify!.send(callOf(one, { actId: name }), reach(one), notification));
      const { message, urgency } = one.phone.arrived.at(-1)!;
      const { act, at: _at, url: _url, tag: _tag, ...rest } = message;
      expect(act).toBe(name);
      shown[name] = { urgency, ...rest };
    }
    await expect(linePerMessage(shown)).toMatchFileSnapshot('golden/web-push/messages.json');
  });

  it('of many incidents is one, and what is about none is told too', async () => {
    const one = await house();
    const { digest, announce } = webPushConnector.notify!;
    const entry = {
      purpose: 'page' as const,
      event: 'incident.created' as const,
      occasion: { code: 'message.occasion.new' as const, values: {} },
    };
    const other = { ...incident, id: '22222222-2222-4222-8222-222222222222', title: 'Disk is full', severity: 'SEV2_HIGH' as const };
    await digest!.send(callOf(one), reach(one), {
      entries: [
        { ...entry, incident },
        { ...entry, incident: other },
      ],
      url: 'https://imas.example.com/dashboard/incidents/',
      timestamp: '2026-11-21T10:02:05.000Z',
      reader: { language: 'en', timeZone: 'UTC' },
    });
    await announce!(callOf(one, { actId: 'a-1' }), reach(one), {
      title: 'Mail is failing',
      text: 'mail.example.com refused the connection.',
      tone: 'bad',
      facts: [['Since', '10:02']],
      links: [{ title: 'Providers', url: 'https://imas.example.com/admin/' }],
      mentionAll: false,
    });
    expect(one.phone.arrived.map(({ message: { title, body, url, stays } }) => ({ title, body, url, stays }))).toEqual([
      {
        title: 'SEV1 Critical · Redis is down, and 1 more incident',
        body: '🔴 Redis is down · redis-prod\n🟠 Disk is full · redis-prod',
        url: 'https://imas.example.com/dashboard/incidents/',
        stays: true,
      },
      {
        title: 'Mail is failing',
        body: 'mail.example.com refused the connection.\nSince: 10:02',
        url: 'https://imas.example.com/admin/',
        stays: false,
      },
    ]);
  });
});
