import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCall } from '../../src/connectors/call.ts';
import type { Digest } from '../../src/connectors/notification.ts';
import { failureOf, type Outcome } from '../../src/connectors/outcome.ts';
import { OvhSmsConfig } from '../../src/connectors/ovh-sms/config.ts';
import { createOvhSmsConnector } from '../../src/connectors/ovh-sms/connector.ts';
import { smsSize } from '../../src/domain/sms-parts.ts';
import { said } from '../../src/domain/said.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { words } from '../../src/texts/languages.ts';
import { letLeave, newAccount, type OvhAccount } from './emulators/ovh/account.ts';
import { ovhSms } from './emulators/ovh/ovh-sms.ts';
import { signatureOf } from './emulators/ovh/signature.ts';
import { startVendorServer, tlsHost, trustedAuthority, type VendorServer } from './emulators/vendor-server.ts';
import { answers, everyMessage, linePerMessage } from './every-message.ts';
import { incident, notificationWith, type Changes } from './notification.ts';
import { spoken, type Spoken } from './send.ts';

const trusted = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...trusted, trustedAuthority]));
afterAll(() => setDefaultCACertificates(trusted));

const door = createEgress({
  allow: ['127.0.0.1'],
  lookup: (name) => Promise.resolve(name === tlsHost ? [{ address: '127.0.0.1', family: 4 }] : []),
});

interface House {
  readonly account: OvhAccount;
  readonly server: VendorServer;
  readonly connector: ReturnType<typeof createOvhSmsConnector>;
}

async function house(changes: Partial<OvhAccount> = {}): Promise<House> {
  const account: OvhAccount = { ...newAccount(), ...changes };
  const server: VendorServer = await startVendorServer(
    ovhSms(account, () => server.url),
    { tls: true },
  );
  onTestFinished(() => server.close());
  return { account, server, connector: createOvhSmsConnector() };
}

const configOf = ({ account: { keys, serviceName }, server }: House, changes: Record<string, unknown> = {}) =>
  OvhSmsConfig.parse({
    application_key: keys.applicationKey,
    application_secret: keys.applicationSecret,
    consumer_key: keys.consumerKey,
    service_name: serviceName,
    sender: 'IMAS',
    api_url: `${server.url}/1.0`,
    ...changes,
  });

interface Sending {
  readonly config?: Record<string, unknown>;
  readonly about?: Changes;
  readonly to?: string | null;
  readonly maybeDone?: boolean;
  readonly actId?: string;
  readonly signal?: AbortSignal;
}

const callOf = (one: House, { config = {}, maybeDone = false, actId = 'delivery-1', signal = AbortSignal.timeout(20_000) }: Sending = {}) =>
  createCall(one.connector, { config: configOf(one, config), door, actId, maybeDone, signal });

/** As the worker does: what the network throws becomes a failure. */
async function outcome<T>(work: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await work);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

const send = (one: House, sending: Sending = {}) => {
  const { to = '+33612345678', about = {} } = sending;
  return outcome(one.connector.notify!.send(callOf(one, sending), to, notificationWith(about)));
};

const check = (one: House, sending: Sending = {}) => outcome(one.connector.check!(callOf(one, sending)));
const isPost = ({ method }: { method: string }): boolean => method === 'POST';

describe('an SMS', () => {
  it('is four lines, taken by OVH', async () => {
    const one = await house();
    expect(await send(one)).toEqual({ ok: true, value: { id: '270001', url: null, receipt: 'job 270001, credits 2' } });
    expect(one.account.pending).toEqual([
      {
        id: 270_001,
        receiver: '+33612345678',
        message: `🔴 [IMAS] SEV1_CRITICAL\nRedis is down\nService: redis-prod\n${incident.url}`,
        sender: 'IMAS',
        tag: expect.stringMatching(/^imas[0-9a-f]{16}$/),
        stopClause: false,
        parts: 2,
      },
    ]);
  });

  it("ends in the reader's own link where there is one", async () => {
    const one = await house();
    await send(one, { about: { answers } });
    expect(one.account.pending[0]?.message.split('\n').at(-1)).toBe('https://imas.example.com/a/1f3c5a7b9d2e4f60');
  });

  it('has no emoji where it is left out, and then is in the alphabet of phones', async () => {
    const one = await house();
    const title = 'Données « perdues » – coûts à l’été … 🔥 œuvre';
    await send(one, { config: { emoji: false }, about: { incident: { title, severity: 'SEV4_LOW' } } });
    const [sms] = one.account.pending;
    expect(sms?.message).toBe(`[IMAS] SEV4_LOW\nDonnées " perdues " - couts à l'été ... oeuvre\nService: redis-prod\n${incident.url}`);
    expect(sms?.parts).toBe(1);
  });

  it('stays as it is where letters would be lost', async () => {
    const one = await house();
    await send(one, { config: { emoji: false }, about: { incident: { title: 'База недоступна' } } });
    expect(one.account.pending[0]?.message).toContain('База недоступна');
  });

  it('says what happened, where it is no page', async () => {
    const one = await house();
    await send(one, { about: { purpose: 'event', event: 'incident.resolved', occasion: said('message.occasion.resolved') } });
    expect(one.account.pending[0]?.message.split('\n')[1]).toBe('Resolved: Redis is down');
  });

  it("has the provider's own words and the service's note", async () => {
    const one = await house();
    await send(one, { about: { wording: { title: 'Wake up', body: 'Call the\nbridge' }, note: 'Runbook 7' } });
    expect(one.account.pending[0]?.message.split('\n').slice(1, 4)).toEqual(['Wake up', 'Call the bridge', 'Runbook 7']);
  });

  it.each([
    ['a long title', { title: 'é'.repeat(2_000) }, true, 4],
    ['a long title without emoji', { title: 'é'.repeat(2_000) }, false, 4],
    ['emoji without end', { title: '🔥'.repeat(2_000), service: { id: '1', name: '🧯'.repeat(200) } }, true, 4],
    ['a link that needs more', { url: `https://imas.example.com/${'x'.repeat(260)}` }, true, 6],
  ])('keeps to so many parts: %s', async (_, changes, emoji, most) => {
    const one = await house();
    await send(one, { config: { emoji }, about: { incident: changes } });
    const [sms] = one.account.pending;
    expect(sms?.parts).toBeLessThanOrEqual(most);
    expect(sms?.message.split('\n').at(-1)).toBe(('url' in changes ? changes.url : null) ?? incident.url);
  });

  it('gives up a link that fits into no SMS, and names the incident', async () => {
    const one = await house();
    await send(one, { about: { answers: [{ act: 'acknowledge', url: `https://imas.example.com/${'x'.repeat(500)}` }] } });
    expect(one.account.pending[0]?.message.split('\n').at(-1)).toBe(incident.url);
    await send(one, { actId: 'delivery-2', about: { incident: { url: `https://imas.example.com/${'x'.repeat(500)}` } } });
    expect(one.account.pending[1]?.message.split('\n').at(-1)).toBe('INC-ABC123');
  });

  it('goes to a number however people write it', async () => {
    const one = await house();
    for (const to of ['+33 6 12 34 56 78', '0033612345678', '+33-6.12.34.56.78', '+33(6)12345678']) await send(one, { to });
    expect(new Set(one.account.pending.map(({ receiver }) => receiver))).toEqual(new Set(['+33612345678']));
    const { address } = one.connector.notify!;
    for (const no of ['0612345678', '+0612345678', 'ann@example.com', '+336', '+33612345678901234', '+33 6 12 34 56 78; +33 6 12 34 56 79'])
      expect(address?.safeParse(no).error?.issues[0]?.message).toContain('international format');
  });

  it('without a sender comes from a short number, and then without its link, which OVH blocks', async () => {
    const one = await house();
    expect(await send(one, { config: { sender: '' } })).toMatchObject({
      ok: true,
      value: { receipt: expect.stringContaining('without its link') },
    });
    expect(one.server.requests.filter(isPost).map(({ json }) => (json as { senderForResponse: unknown }).senderForResponse)).toEqual([
      true,
      true,
    ]);
    expect(one.account.pending.map(({ message }) => message.split('\n').at(-1))).toEqual(['INC-ABC123']);
  });

  it('has the STOP clause where that is wanted', async () => {
    const one = await house();
    await send(one, { config: { no_stop: false } });
    expect(one.account.pending[0]?.stopClause).toBe(true);
  });

  it('reads as before in every kind', async () => {
    const one = await house({ creditsLeft: 10_000 });
    const golden: Record<string, readonly [text: string, size: string]> = {};
    for (const [name, notification] of everyMessage()) {
      for (const emoji of [true, false]) {
        expect(await outcome(one.connector.notify!.send(callOf(one, { config: { emoji } }), '+33612345678', notification))).toMatchObject({
          ok: true,
        });
        const { message, parts } = one.account.pending.at(-1)!;
        golden[`${name}${emoji ? '' : ', no emoji'}`] = [message, `${smsSize(message).coding} ${parts}`];
      }
    }
    await expect(linePerMessage(golden)).toMatchFileSnapshot('golden/ovh-sms/messages.json');
  });
});

describe('many in one', () => {
  const digest: Digest = {
    entries: Array.from({ length: 40 }, (_, n) => ({
      purpose: 'page',
      event: 'incident.created',
      occasion: said('message.occasion.new'),
      incident: { ...incident, title: `Trouble number ${n} ${'x'.repeat(200)}` },
    })),
    url: 'https://imas.example.com/dashboard/incidents/',
    timestamp: '2026-11-21T10:02:05.000Z',
    reader: { language: 'en', timeZone: 'UTC' },
  };

  it('names the severest, and says how many there are beside', async () => {
    const one = await house();
    expect(await outcome(one.connector.notify!.digest!.send(callOf(one), '+33612345678', digest))).toMatchObject({ ok: true });
    const { message, parts } = one.account.pending[0]!;
    expect(message.split('\n').slice(0, 2)).toEqual(['🔴 [IMAS] SEV1_CRITICAL', '40 incidents need you']);
    expect(message).toContain('SEV1 Trouble');
    expect(message.split('\n').slice(-2)).toEqual(['and 35 more', digest.url]);
    expect(parts).toBeLessThanOrEqual(4);
  });

  it('announces what is about no incident', async () => {
    const one = await house();
    const what = { title: 'API is down', text: 'HTTP 503', tone: 'bad', facts: [], links: [], mentionAll: false } as const;
    expect(await outcome(one.connector.notify!.announce!(callOf(one, { config: { emoji: false } }), '+33612345678', what))).toMatchObject({
      ok: true,
    });
    expect(one.account.pending[0]?.message).toBe('[IMAS]\nAPI is down\nHTTP 503');
  });
});

describe('a request', () => {
  it('of its own client was signed as the emulator asks', () => {
    // Made by OVH's client for Python (ovh/python-ovh) against a server of our own.
    const text =
      '{"message":"SEV1 db down","receivers":["+33600000000"],"sender":"INCIDENT","noStopClause":true,"priority":"high","charset":"UTF-8"}';
    const keys = { applicationKey: 'app-key', applicationSecret: 'app-secret', consumerKey: 'consumer-key' };
    const url = 'http://127.0.0.1:19559/1.0/sms/sms-ab1234-1/jobs';
    expect(signatureOf(keys, url, { method: 'POST', text, headers: { 'x-ovh-timestamp': '1795252624' } })).toBe(
      '$1$0fde14ef4d74daa761e56d8c3eaf63fc95f5565c',
    );
  });

  it('is ASCII whatever it says', async () => {
    const one = await house();
    await send(one, { about: { incident: { title: 'é 🔥 я' } } });
    const [post] = one.server.requests.filter(isPost);
    expect(post?.text).toMatch(/^[\x20-\x7e]*$/);
    expect(post?.text).toContain('\\u00e9 \\ud83d\\udd25');
    expect(one.account.pending[0]?.message).toContain('é 🔥 я');
  });

  it("carries OVH's time, which is asked for once", async () => {
    const one = await house({ aheadSeconds: 7_200 });
    await send(one);
    await send(one, { actId: 'delivery-2' });
    expect(one.account.pending).toHaveLength(2);
    expect(one.server.requests.filter(({ path }) => path === '/1.0/auth/time')).toHaveLength(1);
  });

  it("is signed anew where OVH's clock has been set since", async () => {
    const one = await house();
    await send(one);
    one.account.aheadSeconds = -4_000;
    expect(await send(one, { actId: 'delivery-2' })).toMatchObject({ ok: true });
    expect(one.account.pending).toHaveLength(2);
  });

  it('goes through the door: no address that may not be reached', async () => {
    const one = await house();
    for (const api_url of ['https://169.254.169.254/1.0', 'https://10.0.0.1/1.0', 'http://[::1]:1/1.0'])
      expect(await send(one, { config: { api_url } })).toMatchObject({
        ok: false,
        permanent: true,
        maybeDone: false,
        cure: expect.stringContaining('IMAS_EGRESS_ALLOW'),
      });
    expect(one.server.requests).toEqual([]);
  });

  it.each(['', '/', '/1.0/'])('finds the API below %j', async (path) => {
    const one = await house();
    expect(await send(one, { config: { api_url: `${one.server.url}${path}` } })).toMatchObject({ ok: true });
  });
});

describe('a failure', () => {
  it.each([
    ['of the secret', { application_secret: 'wrong-secret-0123' }, {}, 'Invalid signature', 'clock'],
    ['of the consumer key', { consumer_key: 'wrong-consumer-01' }, {}, 'Invalid signature', 'consumer_key'],
    ['of the application key', { application_key: 'wrong-app-0123456' }, {}, 'application key is invalid', 'three keys'],
    ['of a revoked token', {}, { token: 'revoked' }, 'credential is not valid', 'three keys'],
    ['of a token of another application', {}, { token: 'of another application' }, 'does not exist', 'three keys'],
    ['of rights', {}, { rights: ['GET /sms'] }, 'not been granted', 'POST /sms/*/jobs'],
    ['of the account', { service_name: 'sms-other-1' }, {}, 'service does not exist', 'service_name'],
    ['of an unknown sender', { sender: 'NOBODY' }, {}, 'Sender NOBODY does not exist', 'validated'],
    ['of a new sender', {}, { senders: { IMAS: 'waitingValidation' } }, 'pending validation', 'validated'],
    ['of credits', {}, { creditsLeft: 1 }, 'enough credits', 'top-up'],
  ])('%s is final, and says what to do', async (_, config, changes, reason, cure) => {
    const one = await house(changes as Partial<OvhAccount>);
    expect(await send(one, { config })).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: expect.stringContaining(reason),
      cure: expect.stringContaining(cure),
    });
    expect(one.account.pending).toEqual([]);
  });

  it('of a number that OVH does not take is final', async () => {
    const one = await house();
    one.server.spoil({
      on: isPost,
      how: { status: 200, body: { ids: [], invalidReceivers: ['+33612345678'], validReceivers: [], totalCreditsRemoved: 0 } },
    });
    expect(await send(one)).toMatchObject({ ok: false, permanent: true, reason: 'OVHcloud does not accept this phone number.' });
  });

  it.each([null, '0612345678', 'ann'])('of the address %j is final, and nothing is asked of OVH', async (to) => {
    const one = await house();
    const call = callOf(one);
    expect(await outcome(one.connector.notify!.send(call, to, notificationWith()))).toMatchObject({ ok: false, permanent: true });
    expect(one.server.requests).toEqual([]);
  });

  it('of too many requests waits as long as OVH says', async () => {
    const one = await house();
    one.server.spoil({ on: isPost, how: { status: 429, headers: { 'retry-after': '7' }, body: { message: 'Too many requests' } } });
    expect(await send(one)).toMatchObject({ ok: false, permanent: false, maybeDone: false, retryAfterMs: 7_000 });
  });

  it.each([
    [500, true],
    [502, true],
    [503, false],
    [504, true],
  ])('with %s may pass; whether it was sent is then doubtful: %s', async (status, maybeDone) => {
    const one = await house();
    one.server.spoil({ on: isPost, how: { status, body: '<html>' } });
    expect(await send(one)).toMatchObject({ ok: false, permanent: false, maybeDone });
  });

  it.each(['breaks', 'breaks within the answer', 'hangs'] as const)(
    'of a connection that %s may pass, and the SMS may have left',
    async (how) => {
      const one = await house();
      one.server.spoil({ on: isPost, how, afterActing: true });
      expect(await send(one, { signal: AbortSignal.timeout(how === 'hangs' ? 500 : 20_000) })).toMatchObject({
        ok: false,
        permanent: false,
        maybeDone: true,
      });
      expect(one.account.pending).toHaveLength(1);
    },
  );

  it('never repeats a key', async () => {
    const one = await house();
    const { keys } = one.account;
    one.server.spoil({
      on: isPost,
      how: { status: 400, body: { message: `no: ${keys.applicationSecret} ${keys.consumerKey} ${keys.applicationKey}` } },
    });
    const result = JSON.stringify(await send(one));
    expect(result).toContain('********');
    for (const key of Object.values(keys)) expect(result).not.toContain(key);
  });
});

describe('after an attempt of which nobody knows', () => {
  const broken = async (one: House): Promise<void> => {
    one.server.spoil({ on: isPost, how: 'breaks', afterActing: true });
    await send(one);
  };

  it.each([
    ['waits', () => undefined],
    ['has left', letLeave],
  ])('a message that %s at OVH is not sent again', async (_, happens) => {
    const one = await house();
    await broken(one);
    happens(one.account);
    expect(await send(one, { maybeDone: true })).toMatchObject({ ok: true, value: { id: '270001' } });
    expect([...one.account.pending, ...one.account.outgoing]).toHaveLength(1);
  });

  it('another one is sent', async () => {
    const one = await house();
    await broken(one);
    letLeave(one.account);
    expect(await send(one, { maybeDone: true, actId: 'delivery-2' })).toMatchObject({ ok: true, value: { id: '270002' } });
  });

  it('it is sent again where the token may not look', async () => {
    const one = await house({ rights: ['POST /sms/*/jobs'] });
    await broken(one);
    expect(await send(one, { maybeDone: true })).toMatchObject({ ok: true, value: { id: '270002' } });
    expect(one.connector.notify!.dropsDoubles(configOf(one))).toBe(false);
  });
});

describe('the check', () => {
  const lacking = (result: Awaited<ReturnType<typeof check>>): string[] => {
    if (!result.ok) throw new Error(result.reason);
    return result.value.lacking.map(({ reason }) => words(reason));
  };

  it('finds nothing amiss', async () => {
    const one = await house();
    expect(await check(one)).toEqual({ ok: true, value: { account: 'sms-ab1234-1', lacking: [] } });
  });

  it('takes a token that may only send for a good one', async () => {
    const one = await house({ rights: ['POST /sms/*/jobs'] });
    expect(await check(one)).toEqual({ ok: true, value: { account: 'sms-ab1234-1', lacking: [] } });
  });

  it.each([
    ['no credits', { creditsLeft: 0 }, 'No SMS credits are left.'],
    ['few credits', { creditsLeft: 12 }, 'SMS credits left: 12.'],
    ['a disabled account', { status: 'disable' }, 'The SMS account is disabled.'],
    [
      'a sender that is not validated',
      { senders: { IMAS: 'waitingValidation' } },
      'The sender “IMAS” cannot be used (state: waitingValidation).',
    ],
    ['a sender that is none', { senders: {} }, 'The sender “IMAS” cannot be used (state: unknown).'],
  ])('sees %s', async (_, changes, expected) => {
    const one = await house(changes as Partial<OvhAccount>);
    expect(lacking(await check(one))).toEqual([expected]);
  });

  it('is content with few credits that fill up by themselves', async () => {
    const one = await house({ creditsLeft: 12, automaticRecreditAmount: 100, creditThresholdForAutomaticRecredit: 10 });
    expect(lacking(await check(one))).toEqual([]);
  });

  it('says that messages have no link without a sender', async () => {
    const one = await house();
    expect(lacking(await check(one, { config: { sender: '' } }))).toEqual([expect.stringContaining('without their link')]);
  });

  it.each([
    ['a wrong secret', { application_secret: 'wrong-secret-0123' }, 'clock'],
    ['a wrong application key', { application_key: 'wrong-app-0123456' }, 'three keys'],
    ['an unknown account', { service_name: 'sms-other-1' }, 'service_name'],
  ])('fails for %s', async (_, config, cure) => {
    const one = await house();
    expect(await check(one, { config })).toMatchObject({ ok: false, permanent: true, cure: expect.stringContaining(cure) });
  });
});

describe('the config', () => {
  const whole = { application_key: 'a', application_secret: 'b', consumer_key: 'c', service_name: 'sms-ab1234-1' };

  it('has the documented defaults', () => {
    expect(OvhSmsConfig.parse(whole)).toEqual({ ...whole, emoji: true, no_stop: true, api_url: 'https://eu.api.ovh.com/1.0' });
  });

  it.each([
    [{ service_name: 'sms/../x' }, 'service_name'],
    [{ sender: 'far too long a name' }, 'sender'],
    [{ sender: 'a\nb' }, 'sender'],
    [{ consumer_key: ' ' }, 'consumer_key'],
    [{ api_url: 'ftp://x.example.com' }, 'api_url'],
    [{ emoji: 'yes' }, 'emoji'],
    [{ sendr: 'x' }, ''],
  ])('%j is refused at %s', (changes, field) => {
    expect(OvhSmsConfig.safeParse({ ...whole, ...changes }).error?.issues[0]?.path.join('.')).toBe(field);
  });
});
