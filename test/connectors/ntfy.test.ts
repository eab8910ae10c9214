import { describe, expect, it, onTestFinished } from 'vitest';
import { createCall } from '../../src/connectors/call.ts';
import { describeConnector } from '../../src/connectors/describe.ts';
import type { Digest } from '../../src/connectors/notification.ts';
import { NtfyConfig } from '../../src/connectors/ntfy/config.ts';
import { ntfyConnector } from '../../src/connectors/ntfy/connector.ts';
import { failureOf, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import { said } from '../../src/domain/said.ts';
import { severities } from '../../src/domain/vocabulary.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { ntfy } from './emulators/ntfy/ntfy-server.ts';
import { newServer, shownOn, type NtfyServer } from './emulators/ntfy/state.ts';
import { startVendorServer, type VendorServer } from './emulators/vendor-server.ts';
import { answers, everyMessage, linePerMessage } from './every-message.ts';
import { incident, notificationWith, type Changes } from './notification.ts';
import { spoken, type Spoken } from './send.ts';

const door = createEgress({ allow: ['127.0.0.1'] });

interface House {
  readonly server: NtfyServer;
  readonly http: VendorServer;
}

async function house(changes: Partial<NtfyServer> = {}): Promise<House> {
  const server: NtfyServer = { ...newServer(), ...changes };
  const http = await startVendorServer(ntfy(server));
  onTestFinished(() => http.close());
  return { server, http };
}

interface Sending {
  readonly config?: Record<string, unknown>;
  readonly about?: Changes;
  readonly to?: string | null;
  readonly maybeDone?: boolean;
  readonly actId?: string;
  readonly signal?: AbortSignal;
}

const configOf = ({ http }: House, config: Record<string, unknown> = {}) =>
  NtfyConfig.parse({ server_url: http.url, default_topic: 'imas-alerts', ...config });

const callOf = (one: House, { config, maybeDone = false, actId = 'delivery-1', signal = AbortSignal.timeout(20_000) }: Sending = {}) =>
  createCall(ntfyConnector, { config: configOf(one, config), door, actId, maybeDone, signal });

async function outcome<T>(work: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await work);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

const send = (one: House, sending: Sending = {}) =>
  outcome(ntfyConnector.notify!.send(callOf(one, sending), sending.to ?? null, notificationWith(sending.about)));

async function sent(one: House, sending: Sending = {}): Promise<Ref> {
  const result = await send(one, sending);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

const isPublish = ({ method }: { method: string }): boolean => method === 'POST';

describe('a notification', () => {
  it('is published as JSON at the root of the server', async () => {
    const one = await house();
    const ref = await sent(one);
    expect(ref).toEqual({
      id: expect.stringMatching(/^imas-alerts\/imas-[0-9a-f]{32}$/),
      url: `${one.http.url}/imas-alerts`,
      receipt: 'message m00000000001',
    });
    expect(one.http.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /']);
    expect(one.server.messages).toEqual([
      {
        id: 'm00000000001',
        time: expect.any(Number),
        event: 'message',
        topic: 'imas-alerts',
        title: 'SEV1 Critical: Redis is down',
        message: [
          'New incident · INC-ABC123',
          'Service: redis-prod',
          'Status: Triggered',
          'Team: Platform',
          '',
          'No replica answers since 10:02.',
          '',
          'Runbook: https://wiki.example.com/redis?a=1&b=2',
          'Alert source: https://prometheus.example.com/graph',
          'Dashboard: https://grafana.example.com/d/redis',
          'Incident document: https://docs.example.com/lid',
          '',
          'Why you get this: Level 1 of policy "Default", round 1',
        ].join('\n'),
        priority: 5,
        tags: ['rotating_light', 'fire', 'sos'],
        click: incident.url,
        sequence_id: ref.id.split('/')[1],
      },
    ]);
  });

  it.each([
    ['SEV1_CRITICAL', 5, ['rotating_light', 'fire', 'sos']],
    ['SEV2_HIGH', 4, ['warning', 'exclamation']],
    ['SEV3_MEDIUM', 3, ['bell', 'loudspeaker']],
    ['SEV4_LOW', 2, ['information_source']],
  ] as const)('of %s has priority %s', async (severity, priority, tags) => {
    const one = await house();
    await sent(one, { about: { incident: { severity } }, config: { default_priority: 'max', default_tags: ['imas', 'prod'] } });
    expect(one.server.messages[0]).toMatchObject({ priority, tags: [...tags, 'imas', 'prod'] });
  });

  it('of what needs nobody wakes nobody', async () => {
    const one = await house();
    const event = (name: 'incident.resolved' | 'incident.acknowledged' | 'comment.added') => ({ purpose: 'event' as const, event: name });
    await sent(one, {
      about: { ...event('incident.resolved'), occasion: said('message.occasion.resolved'), incident: { status: 'RESOLVED' } },
    });
    await sent(one, { actId: '2', about: { ...event('comment.added'), occasion: said('message.occasion.comment') } });
    expect(one.server.messages[0]).toMatchObject({ priority: 3, tags: ['white_check_mark'], title: 'Resolved: Redis is down' });
    expect(one.server.messages[1]).toMatchObject({ priority: 3, title: 'New comment: Redis is down' });
  });

  it('has buttons on a topic of one person', async () => {
    const one = await house();
    await sent(one, { to: 'ann-4f2', about: { answers, reader: { language: 'fr', timeZone: 'UTC' } } });
    expect(one.server.messages[0]).toMatchObject({
      topic: 'ann-4f2',
      actions: [
        { action: 'http', label: 'Prendre en charge', url: answers[0]!.url, method: 'POST', clear: true },
        { action: 'http', label: 'Résoudre', url: answers[1]!.url, method: 'POST', clear: true },
        { action: 'view', label: 'Voir l’incident', url: incident.url, clear: false },
      ],
    });
  });

  it('has none where everybody reads', async () => {
    const one = await house();
    await sent(one);
    expect(one.server.messages[0]).not.toHaveProperty('actions');
  });

  it("has the provider's own words and the service's note", async () => {
    const one = await house();
    await sent(one, { about: { wording: { title: 'Wake up', body: 'Call the bridge.' }, note: 'Ask for Bob.' } });
    expect(one.server.messages[0]).toMatchObject({
      title: 'Wake up',
      message: expect.stringContaining('Call the bridge.\n\nAsk for Bob.'),
    });
    expect(one.server.messages[0]?.message).not.toContain('redis-prod');
  });

  it.each([
    { incident: { title: 'é'.repeat(3_000), description: '🔥'.repeat(20_000) } },
    { incident: { title: '"\\'.repeat(500), description: '"\\\u0001'.repeat(5_000), service: { id: '1', name: '"'.repeat(500) } } },
    { incident: { description: 'x\n'.repeat(5_000), links: { ...incident.links, runbook: `https://x.example.com/${'y'.repeat(4_000)}` } } },
    { incident: { title: 'a\nb', description: '' }, reasons: Array.from({ length: 50 }, () => said('reason.test')) },
    { note: 'ж'.repeat(4_000), answers },
    // Too long a message in a body that is small enough.
    { note: 'ж'.repeat(500), incident: { description: 'ж'.repeat(1_500), service: { id: '1', name: 'ж'.repeat(100) } } },
    { purpose: 'event', event: 'comment.added', comment: { author: 'Bob', text: 'я'.repeat(9_000) } },
  ] satisfies Changes[])('is small enough whatever people write: %#', async (about) => {
    const one = await house();
    expect(await send(one, { about })).toMatchObject({ ok: true });
    expect(one.server.messages[0]?.message).toContain('INC-ABC123');
  });

  it('reads as before in every kind', async () => {
    const one = await house({ messagesLeftToday: 1_000 });
    const golden: Record<string, unknown> = {};
    for (const [name, notification] of everyMessage()) {
      expect(await outcome(ntfyConnector.notify!.send(callOf(one), null, notification))).toMatchObject({ ok: true });
      const { title, message, priority, tags, click, actions = [] } = one.server.messages.at(-1)!;
      golden[name] = { title, message, priority, tags, click, actions };
    }
    await expect(linePerMessage(golden)).toMatchFileSnapshot('golden/ntfy/messages.json');
  });
});

describe('what was sent', () => {
  const taken = (one: House, ref: Ref) =>
    outcome(
      ntfyConnector.notify!.update!(
        callOf(one, { actId: 'delivery-2' }),
        ref,
        notificationWith({
          event: 'incident.acknowledged',
          purpose: 'event',
          occasion: said('message.occasion.acknowledged', { who: 'Ann' }),
          incident: { status: 'ACKNOWLEDGED', assignee: 'Ann' },
        }),
      ),
    );

  it('is changed in place, without a sound', async () => {
    const one = await house();
    const ref = await sent(one, { to: 'ann-4f2', about: { answers } });
    expect(await taken(one, ref)).toMatchObject({ ok: true, value: { id: ref.id } });
    expect(shownOn(one.server, 'ann-4f2')).toEqual([expect.objectContaining({ title: 'Acknowledged by Ann: Redis is down', priority: 2 })]);
    expect(shownOn(one.server, 'ann-4f2')[0]).not.toHaveProperty('actions');
  });

  it('is followed by a silent one where the server is too old', async () => {
    const one = await house({ knowsSequences: false });
    const ref = await sent(one, { to: 'ann-4f2' });
    expect(await taken(one, ref)).toMatchObject({ ok: true });
    expect(shownOn(one.server, 'ann-4f2').map(({ priority }) => priority)).toEqual([5, 2]);
  });

  it('is not replaced by the next page, which has to ring', async () => {
    const one = await house();
    await sent(one, { to: 'ann-4f2' });
    await sent(one, { to: 'ann-4f2', actId: 'delivery-3' });
    expect(shownOn(one.server, 'ann-4f2')).toHaveLength(2);
  });
});

describe('after an attempt of which nobody knows', () => {
  const broken = async (one: House): Promise<void> => {
    one.http.spoil({ on: isPublish, how: 'breaks', afterActing: true });
    expect(await send(one)).toMatchObject({ ok: false, permanent: false, maybeDone: true });
  };

  it.each([true, false])('what the server keeps is not published again (knows sequences: %s)', async (knowsSequences) => {
    const one = await house({ knowsSequences });
    await broken(one);
    expect(await send(one, { maybeDone: true })).toMatchObject({ ok: true, value: { receipt: expect.stringContaining('m00000000001') } });
    expect(one.server.messages).toHaveLength(1);
  });

  it('it is published in the same place where the topic may not be read', async () => {
    const one = await house({ everyone: { '*': 'write-only' } });
    await broken(one);
    expect(await send(one, { maybeDone: true })).toMatchObject({ ok: true });
    expect(one.server.messages).toHaveLength(2);
    expect(shownOn(one.server, 'imas-alerts')).toHaveLength(1);
  });

  it('another message is published, though it says the same', async () => {
    const one = await house();
    await broken(one);
    expect(await send(one, { maybeDone: true, actId: 'delivery-2' })).toMatchObject({ ok: true });
    expect(shownOn(one.server, 'imas-alerts')).toHaveLength(2);
  });
});

describe('many in one, and what is about no incident', () => {
  const digest: Digest = {
    entries: Array.from({ length: 200 }, (_, n) => ({
      purpose: 'page',
      event: 'incident.created',
      occasion: said('message.occasion.new'),
      incident: { ...incident, title: `Trouble ${n} ${'é'.repeat(300)}`, severity: severities[Math.floor(n / 50)]! },
    })),
    url: 'https://imas.example.com/dashboard/incidents/',
    timestamp: '2026-11-21T10:02:05.000Z',
    reader: { language: 'en', timeZone: 'UTC' },
  };

  it('a digest names the severest, and says how many there are beside', async () => {
    const one = await house();
    expect(await outcome(ntfyConnector.notify!.digest!.send(callOf(one), 'ann-4f2', digest))).toMatchObject({ ok: true });
    const [message] = one.server.messages;
    expect(message).toMatchObject({
      topic: 'ann-4f2',
      priority: 5,
      click: digest.url,
      title: expect.stringMatching(/^SEV1 Critical · Trouble 0/),
    });
    expect(message?.message.split('\n')[0]).toBe('200 incidents need you');
    expect(message?.message.split('\n').at(-1)).toBe('and 180 more');
  });

  it.each([
    [{}, 3],
    [{ default_priority: 'low' }, 2],
    [{ priority: 4 }, 4],
  ])('an announcement has the default priority: %j', async (config, priority) => {
    const one = await house();
    const what = {
      title: 'API is down',
      text: 'HTTP 503',
      tone: 'bad',
      facts: [['URL', 'https://api.example.com']],
      links: [],
      mentionAll: false,
    } as const;
    expect(await outcome(ntfyConnector.notify!.announce!(callOf(one, { config }), null, what))).toMatchObject({ ok: true });
    expect(one.server.messages[0]).toMatchObject({
      priority,
      title: 'API is down',
      message: 'HTTP 503\nURL: https://api.example.com',
      tags: ['warning'],
    });
  });
});

const imas = {
  name: 'imas',
  password: 'pass-word-1',
  tokens: ['tk_0123456789abcdef0123456789abc'],
  access: { '*': 'write-only' },
} as const;
const closed = { everyone: {}, users: [imas] } satisfies Partial<NtfyServer>;

describe('a protected server', () => {
  it.each([{ access_token: imas.tokens[0] }, { username: 'imas', password: imas.password }])('takes %j', async (config) => {
    const one = await house(closed);
    expect(await send(one, { config })).toMatchObject({ ok: true });
    expect(await outcome(ntfyConnector.check!(callOf(one, { config })))).toEqual({ ok: true, value: { account: 'imas', lacking: [] } });
  });
});

describe('a failure', () => {
  it.each([
    ['of the token', { access_token: 'tk_wrong' }, closed, 'unauthorized', 'access token'],
    ['of the password', { username: 'imas', password: 'wrong-pass-word' }, closed, 'unauthorized', 'password'],
    ['of nobody', {}, closed, 'forbidden', 'ntfy access'],
    [
      'of the right to write',
      { access_token: imas.tokens[0] },
      { everyone: {}, users: [{ ...imas, access: { '*': 'read-only' } }] },
      'forbidden',
      'ntfy access',
    ],
    ['of the topic', { default_topic: 'login' }, {}, 'topic name is not allowed', 'topic'],
    ["of the day's quota", {}, { messagesLeftToday: 0 }, 'daily message quota', 'limits'],
  ])('%s is final, and says what to do', async (_, config, changes, reason, cure) => {
    const one = await house(changes as Partial<NtfyServer>);
    expect(await send(one, { config })).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: expect.stringContaining(reason),
      cure: expect.stringContaining(cure),
    });
    expect(one.server.messages).toEqual([]);
  });

  it('of an address that is no topic is final', async () => {
    const one = await house();
    expect(await send(one, { to: 'a/b' })).toMatchObject({ ok: false, permanent: true, reason: 'This is not a topic.' });
    expect(ntfyConnector.notify!.address?.safeParse('ann topic').success).toBe(false);
  });

  it.each([
    [404, { code: 40401, http: 404, error: 'page not found' }, true, false, 'server_url'],
    [413, { code: 41303, http: 413, error: 'JSON body too large' }, true, false, 'message-size-limit'],
    [429, { code: 42901, http: 429, error: 'limit reached: too many requests' }, false, false, 'limits'],
    [429, { code: 42909, http: 429, error: 'limit reached: too many auth failures' }, false, false, 'access token'],
    [500, { code: 50001, http: 500, error: 'internal server error' }, false, true, null],
    [502, '<html>', false, true, null],
    [503, '', false, false, null],
    [507, { code: 50701, http: 507, error: 'cannot publish to UnifiedPush topic' }, false, false, 'app once'],
  ])('of %s', async (status, body, permanent, maybeDone, cure) => {
    const one = await house();
    one.http.spoil({ on: isPublish, how: { status, body } });
    expect(await send(one)).toMatchObject({ ok: false, permanent, maybeDone, cure: cure === null ? null : expect.stringContaining(cure) });
  });

  it('waits as long as a proxy says', async () => {
    const one = await house();
    one.http.spoil({ on: isPublish, how: { status: 429, headers: { 'retry-after': '9' }, body: 'slow down' } });
    expect(await send(one)).toMatchObject({ permanent: false, retryAfterMs: 9_000 });
  });

  it.each(['breaks', 'breaks within the answer', 'hangs'] as const)('of a connection that %s may pass', async (how) => {
    const one = await house();
    one.http.spoil({ on: isPublish, how, afterActing: true });
    expect(await send(one, { signal: AbortSignal.timeout(how === 'hangs' ? 500 : 20_000) })).toMatchObject({
      ok: false,
      permanent: false,
      maybeDone: true,
    });
  });

  it('never repeats the token', async () => {
    const one = await house();
    const access_token = 'tk_0123456789abcdef';
    one.http.spoil({ on: isPublish, how: { status: 400, body: { code: 1, http: 400, error: `no: Bearer ${access_token}` } } });
    const result = JSON.stringify(await send(one, { config: { access_token } }));
    expect(result).toContain('********');
    expect(result).not.toContain(access_token);
  });

  it('of an address that may not be reached is final', async () => {
    const one = await house();
    expect(await send(one, { config: { server_url: 'http://169.254.169.254' } })).toMatchObject({
      permanent: true,
      cure: expect.stringContaining('IMAS_EGRESS_ALLOW'),
    });
  });
});

describe('the check', () => {
  const check = (one: House, config: Record<string, unknown> = {}) => outcome(ntfyConnector.check!(callOf(one, { config })));

  it('knows nobody on an open server', async () => {
    expect(await check(await house())).toEqual({ ok: true, value: { account: null, lacking: [] } });
  });

  it('fails for a wrong token, and where there is no ntfy', async () => {
    expect(await check(await house(closed), { access_token: 'tk_wrong' })).toMatchObject({
      ok: false,
      permanent: true,
      cure: expect.stringContaining('access token'),
    });
    const other = await startVendorServer(() => ({ status: 200, body: '<html>' }));
    onTestFinished(() => other.close());
    expect(await check({ server: newServer(), http: other })).toMatchObject({
      ok: false,
      permanent: true,
      cure: expect.stringContaining('server_url'),
    });
  });
});

describe('the config', () => {
  it('takes the short names as well', async () => {
    const one = await house();
    const config = NtfyConfig.parse({ server: `${one.http.url}/`, topic: 'short', priority: 'high', default_tags: 'a, b,' });
    const call = createCall(ntfyConnector, { config, door, actId: '1', signal: AbortSignal.timeout(20_000) });
    const what = { title: 't', text: 'x', tone: 'plain', facts: [], links: [], mentionAll: false } as const;
    expect(await outcome(ntfyConnector.notify!.announce!(call, null, what))).toMatchObject({ ok: true });
    expect(one.server.messages[0]).toMatchObject({ topic: 'short', priority: 4, tags: ['a', 'b'] });
  });

  it.each([
    [{}, 'server_url'],
    [{ server: 'https://ntfy.sh' }, 'default_topic'],
    [{ server_url: 'https://ntfy.sh/mytopic', topic: 'a' }, 'server_url'],
    [{ server_url: 'ntfy.sh', topic: 'a' }, 'server_url'],
    [{ server_url: 'https://ntfy.sh', topic: 'a b' }, 'topic'],
    [{ server_url: 'https://ntfy.sh', topic: 'a', priority: 6 }, 'priority'],
    [{ server_url: 'https://ntfy.sh', topic: 'a', default_priority: 'loud' }, 'default_priority'],
    [{ server_url: 'https://ntfy.sh', topic: 'a', default_tags: ['a,b'] }, 'default_tags.0'],
    [{ server_url: 'https://ntfy.sh', topic: 'a', tocken: 'x' }, ''],
  ])('%j is refused at %s', (config, field) => {
    expect(NtfyConfig.safeParse(config).error?.issues[0]?.path.join('.')).toBe(field);
  });

  it('describes itself for forms', () => {
    const kinds = Object.fromEntries(
      describeConnector(ntfyConnector as never).fields.map(({ name, kind, secret }) => [name, secret === true ? 'secret' : kind]),
    );
    expect(kinds).toEqual({
      server_url: 'text',
      default_topic: 'text',
      access_token: 'secret',
      username: 'text',
      password: 'secret',
      default_priority: 'text',
      default_tags: 'list',
      server: 'text',
      topic: 'text',
      priority: 'text',
    });
  });
});
