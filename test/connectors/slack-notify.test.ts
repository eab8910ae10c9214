import { describe, expect, it } from 'vitest';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { SlackAddress, SlackConfig } from '../../src/connectors/slack/config.ts';
import { allScopes } from '../../src/connectors/slack/scopes.ts';
import { said } from '../../src/domain/said.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createCall } from '../../src/connectors/call.ts';
import { notificationWith } from './notification.ts';
import { callTo, failureIn, onlyMessage, outcomeOf, send, serve, shownIn, valueOf } from './slack-app.ts';

const notify = slackConnector.notify!;
const without = (...scopes: string[]): string[] => allScopes.filter((scope) => !scopes.includes(scope));
const methods = (slack: { asked: readonly { method: string }[] }): string[] => slack.asked.map(({ method }) => method);

describe('a message', () => {
  it('arrives in a channel, by one call', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const ref = valueOf(await send(slack, channel.id));
    const message = onlyMessage(channel);
    expect(ref).toEqual({ id: `${channel.id}/${message.ts}`, url: null, receipt: `Slack ${channel.id} ${message.ts}` });
    expect(shownIn(message)).toContain('🔴 Redis is down - redis-prod');
    expect(message).toMatchObject({ text: expect.stringContaining('SEV1 Critical'), calls: [] });
    expect(methods(slack)).toEqual(['chat.postMessage']);
    expect(slack.asked[0]!.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  it('has buttons where a press would reach us', async () => {
    const slack = await serve();
    const [first, second] = [slack.workspace.channel('one'), slack.workspace.channel('two')];
    await send(slack, first.id);
    await send(slack, second.id, {}, { config: { signing_secret: undefined } });
    expect(shownIn(onlyMessage(first))).toContain('"acknowledge"');
    expect(shownIn(onlyMessage(second))).not.toContain('"acknowledge"');
  });

  it('arrives in a channel by its name', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    expect(valueOf(await send(slack, '#incidents')).id).toMatch(new RegExp(`^${channel.id}/`));
    valueOf(await send(slack, 'incidents'));
    expect(channel.messages).toHaveLength(2);
  });

  it('arrives in the default channel where no other is named', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    valueOf(await send(slack, null, {}, { config: { default_channel: channel.id } }));
    onlyMessage(channel);
    expect(await send(slack, null)).toMatchObject({
      permanent: true,
      reason: 'There is no channel to post to.',
      cure: 'Enter a default channel, or the team’s channel.',
    });
  });

  it.each([
    ['their id', (ann: { id: string }) => ann.id],
    ['their email address', () => 'ann@example.com'],
  ])('arrives at somebody by %s', async (_, address) => {
    const slack = await serve();
    const ann = slack.workspace.member('ann');
    const ref = valueOf(await send(slack, address(ann)));
    const direct = slack.workspace.direct(ann.id);
    expect(ref.id).toBe(`${direct.id}/${onlyMessage(direct).ts}`);
  });

  it('arrives at somebody whom the app may not open a conversation with', async () => {
    const slack = await serve(['chat:write', 'users:read.email']);
    const ann = slack.workspace.member('ann');
    expect(valueOf(await send(slack, 'ann@example.com')).id).toMatch(/^D/);
    onlyMessage(slack.workspace.direct(ann.id));
  });

  it('is changed in place, and calls nobody then either', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const ref = valueOf(await send(slack, channel.id));
    const about = notificationWith({
      occasion: said('message.occasion.resolved'),
      incident: { status: 'RESOLVED', title: '@here & @channel' },
    });
    expect(valueOf(await outcomeOf(notify.update!(callTo(slack), ref, about)))).toEqual(ref);
    const message = onlyMessage(channel);
    expect(shownIn(message)).toContain('✅ @here & @channel - redis-prod');
    expect(shownIn(message)).not.toContain('"acknowledge"');
    expect(message).toMatchObject({ calls: [], editedAt: expect.any(String), metadata: { event_payload: { act: 'act-1' } } });
  });

  it('has what is new in its thread, and nowhere else', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const ref = valueOf(await send(slack, channel.id));
    const about = notificationWith({
      event: 'comment.added',
      occasion: said('message.occasion.comment'),
      comment: { author: 'Bob', text: 'Failing over <now>' },
    });
    const reply = valueOf(await outcomeOf(notify.reply!(callTo(slack, { actId: 'act-2' }), ref, about)));
    const [first, second] = channel.messages;
    expect(second).toMatchObject({ threadTs: first!.ts, ts: reply.id.split('/')[1] });
    expect(shownIn(second!)).toContain('Bob: Failing over &lt;now&gt;');
    expect(slack.asked.at(-1)!.args).not.toHaveProperty('reply_broadcast');
  });

  it('may be many in one, or be about no incident', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const { incident, event, occasion, purpose, timestamp, reader } = notificationWith();
    const entries = Array.from({ length: 3 }, () => ({ incident, event, occasion, purpose }));
    valueOf(
      await outcomeOf(notify.digest!.send(callTo(slack), channel.id, { entries, url: 'https://imas.example.com/', timestamp, reader })),
    );
    const outage = { title: 'API is down', text: 'HTTP 503', tone: 'bad', facts: [], links: [], mentionAll: true } as const;
    valueOf(await outcomeOf(notify.announce!(callTo(slack), channel.id, outage)));
    const [digest, announcement] = channel.messages;
    expect(digest).toMatchObject({ calls: [], text: 'SEV1 Critical · Redis is down, and 2 more incidents' });
    expect(announcement).toMatchObject({ calls: ['!channel'], text: '<!channel> 🔴 API is down' });
  });
});

describe('after an attempt whose answer was lost', () => {
  it.each([
    ['a channel', () => '#incidents'],
    ['somebody', (ann: { id: string }) => ann.id],
  ])('it is found at %s, and not sent again', async (_, address) => {
    const slack = await serve();
    slack.workspace.channel('incidents');
    const to = address(slack.workspace.member('ann'));
    slack.fail('chat.postMessage', 'lost');
    const timestamp = new Date().toISOString();
    expect(await send(slack, to, { timestamp })).toMatchObject({ ok: false, permanent: false, maybeDone: true });
    await send(slack, to, { timestamp }, { actId: 'another' });
    const ref = valueOf(await send(slack, to, { timestamp }, { maybeDone: true }));
    const messages = [...slack.workspace.channels.values()].flatMap((channel) => channel.messages);
    expect(messages.map(({ metadata }) => metadata?.event_payload['act'])).toEqual(['act-1', 'another']);
    expect(ref.id.split('/')[1]).toBe(messages[0]!.ts);
  });

  it('it is found behind many others', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const timestamp = new Date().toISOString();
    valueOf(await send(slack, channel.id, { timestamp }));
    const bob = slack.workspace.member('bob');
    for (let n = 0; n < 450; n += 1) await slack.people.say(bob, { ...channel, members: new Set() }, `message ${n}`);
    valueOf(await send(slack, channel.id, { timestamp }, { maybeDone: true }));
    expect(channel.messages).toHaveLength(451);
    expect(methods(slack).filter((method) => method === 'conversations.history')).toHaveLength(3);
  });

  it('a reply is found in its thread', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const ref = valueOf(await send(slack, channel.id));
    const about = notificationWith({ timestamp: new Date().toISOString() });
    const reply = (maybeDone: boolean) => outcomeOf(notify.reply!(callTo(slack, { actId: 'act-2', maybeDone }), ref, about));
    expect(valueOf(await reply(true))).toEqual(valueOf(await reply(true)));
    expect(channel.messages).toHaveLength(2);
  });

  it.each([
    ['has no scope to read', without('channels:history'), 'incidents'],
    ['is not in the channel', allScopes, 'elsewhere'],
  ])('it is sent again where the bot %s', async (_, scopes, name) => {
    const slack = await serve(scopes);
    slack.workspace.channel('incidents');
    slack.workspace.channel('elsewhere', { members: [] });
    valueOf(await send(slack, `#${name}`, {}, { maybeDone: true }));
    valueOf(await send(slack, `#${name}`, {}, { maybeDone: true }));
    expect([...slack.workspace.channels.values()].find((channel) => channel.name === name)!.messages).toHaveLength(2);
  });

  it('it is sent all the same where the search is refused for now', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    slack.fail('conversations.history', { status: 429, headers: { 'retry-after': '30' } });
    valueOf(await send(slack, channel.id, {}, { maybeDone: true }));
    onlyMessage(channel);
  });

  it('is said not to be known to the recipient', () => {
    expect(notify.dropsDoubles(SlackConfig.parse({ bot_token: 'xoxb-1' }))).toBe(false);
  });
});

describe('a failure', () => {
  it.each([
    ['invalid_auth', 'Enter the bot token (xoxb-…) shown under OAuth & Permissions; reinstall the app if the token was revoked.'],
    ['token_revoked', 'Enter the bot token (xoxb-…) shown under OAuth & Permissions; reinstall the app if the token was revoked.'],
    ['not_in_channel', 'Invite the bot: type /invite with its name in the channel.'],
    ['channel_not_found', 'Check the channel’s ID. If the channel is private, invite the bot: type /invite with its name there.'],
    ['is_archived', 'Unarchive the channel in Slack, or enter another one.'],
    ['restricted_action', 'A setting of the workspace forbids this: ask a Slack admin.'],
    ['messages_tab_disabled', 'Turn on the Messages Tab of the Slack app, under App Home.'],
    ['metadata_too_large', null],
  ])('for good: %s, with its cure', async (error, cure) => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    slack.fail('chat.postMessage', { error });
    expect(await send(slack, channel.id)).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: `Slack refused: “${error}”.`,
      cure,
    });
  });

  it.each([
    ['ratelimited', false],
    ['service_unavailable', false],
    ['team_added_to_org', false],
    ['internal_error', true],
    ['fatal_error', true],
  ])('for now: %s', async (error, maybeDone) => {
    const slack = await serve();
    slack.workspace.channel('incidents');
    slack.fail('chat.postMessage', { error });
    expect(await send(slack, '#incidents')).toMatchObject({ ok: false, permanent: false, maybeDone, reason: `Slack refused: “${error}”.` });
  });

  it('comes from the channel as it is', async () => {
    const slack = await serve(without('chat:write.public'));
    const outside = slack.workspace.channel('elsewhere', { members: [] });
    const secret = slack.workspace.channel('secret', { kind: 'private', members: [] });
    const old = slack.workspace.channel('old');
    old.isArchived = true;
    const reasons = [];
    for (const { id } of [outside, secret, old]) reasons.push(failureIn(await send(slack, id)).reason);
    reasons.push(failureIn(await send(slack, 'C0NOTHING')).reason, failureIn(await send(slack, 'nobody@example.com')).reason);
    expect(reasons).toEqual(
      ['not_in_channel', 'channel_not_found', 'is_archived', 'channel_not_found', 'users_not_found'].map(
        (code) => `Slack refused: “${code}”.`,
      ),
    );
  });

  it('names the scope that is missing', async () => {
    const slack = await serve([]);
    const channel = slack.workspace.channel('incidents');
    expect(await send(slack, channel.id)).toMatchObject({
      permanent: true,
      reason: 'The Slack app lacks the scope chat:write.',
      cure: 'Add chat:write under OAuth & Permissions, Bot Token Scopes, and reinstall the app.',
    });
  });

  it('with chat:write alone is none in a channel', async () => {
    const slack = await serve(['chat:write']);
    const channel = slack.workspace.channel('incidents');
    valueOf(await send(slack, channel.id));
    valueOf(await send(slack, channel.id, {}, { maybeDone: true }));
    expect(channel.messages).toHaveLength(2);
  });

  it('says when Slack wants to be asked again', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    slack.fail(
      'chat.postMessage',
      { status: 429, headers: { 'retry-after': '7' }, body: '{"ok":false,"error":"ratelimited"}' },
      { status: 429 },
    );
    expect(await send(slack, channel.id)).toMatchObject({ permanent: false, maybeDone: false, retryAfterMs: 7_000 });
    expect(await send(slack, channel.id)).toMatchObject({ permanent: false, maybeDone: false, retryAfterMs: null });
    expect(channel.messages).toEqual([]);
  });

  it.each([
    [{ status: 500, body: 'oops' }, false, true],
    [{ status: 503, body: '<html>' }, false, false],
    [{ status: 404, body: 'nothing here' }, true, false],
    [{ status: 302, headers: { location: 'https://elsewhere.example/' } }, true, false],
    [{ status: 200, body: '<html>Sign in to the network</html>' }, false, true],
    ['half', false, true],
    ['lost', false, true],
  ] as const)('of the way there, %j, is for good: %s', async (fault, permanent, maybeDone) => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    slack.fail('chat.postMessage', fault);
    expect(await send(slack, channel.id)).toMatchObject({ ok: false, permanent, maybeDone });
    expect(methods(slack)).toEqual(['chat.postMessage']);
  });

  it('of a server that says nothing ends with the call', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    slack.fail('chat.postMessage', 'hang');
    expect(await send(slack, channel.id, {}, { signal: AbortSignal.timeout(300) })).toMatchObject({
      ok: false,
      permanent: false,
      maybeDone: true,
    });
  });

  it('of the address is the door’s', async () => {
    const slack = await serve();
    const config = SlackConfig.parse({ bot_token: slack.tokens.bot, default_channel: 'C0123456789', api_url: slack.apiUrl });
    const call = createCall(slackConnector, { config, door: createEgress({ allow: [] }), actId: 'a', signal: AbortSignal.timeout(5_000) });
    expect(await outcomeOf(notify.send(call, null, notificationWith()))).toMatchObject({
      permanent: true,
      reason: expect.stringContaining('127.0.0.1'),
    });
    expect(slack.asked).toEqual([]);
  });

  it('never shows a token', async () => {
    const slack = await serve();
    const channel = slack.workspace.channel('incidents');
    const { bot } = slack.tokens;
    slack.fail(
      'chat.postMessage',
      { error: `no ${bot}` },
      { status: 400, body: `Bearer ${bot}` },
      { error: 'invalid_blocks', more: { response_metadata: { messages: [`[ERROR] ${bot}`] } } },
    );
    for (let n = 0; n < 3; n += 1) {
      const { reason } = failureIn(await send(slack, channel.id));
      expect(reason).toContain('********');
      expect(reason).not.toContain(bot);
    }
  });
});

describe('the config', () => {
  it.each([
    'C0123456789',
    'G0123456789',
    'D0123456789',
    'U0123456789',
    'W0123456789',
    '#incidents',
    'incidents',
    '#été-2026_x',
    'ann@example.com',
  ])('takes the address %s', (address) => expect(SlackAddress.safeParse(address).success).toBe(true));

  it.each([
    '',
    '#',
    '#Incidents',
    'Incidents',
    '#a b',
    'C0123456789,C1',
    '<#C0123456789>',
    'ann@',
    `#${'x'.repeat(81)}`,
    'https://acme.slack.com/archives/C1',
  ])('does not take %j', (address) => expect(SlackAddress.safeParse(address).success).toBe(false));

  it('says which token belongs where', () => {
    const problem = (config: Record<string, unknown>) => SlackConfig.safeParse({ bot_token: 'xoxb-1', ...config }).error?.issues[0];
    expect(problem({})).toBeUndefined();
    expect(problem({ bot_token: 'xapp-1' })).toMatchObject({
      path: ['bot_token'],
      message: expect.stringContaining('it belongs into app_token'),
    });
    expect(problem({ app_token: 'xoxb-1' })).toMatchObject({ path: ['app_token'] });
    expect(problem({ bot_token: 'two words' })).toMatchObject({ path: ['bot_token'] });
    expect(problem({ api_url: 'ftp://x' })).toMatchObject({ path: ['api_url'] });
    expect(SlackConfig.parse({ bot_token: ' xoxb-1\n' })).toEqual({ bot_token: 'xoxb-1', api_url: 'https://slack.com/api/' });
  });
});
