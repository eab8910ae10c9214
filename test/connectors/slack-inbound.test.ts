import { describe, expect, it } from 'vitest';
import type { FormField, Received, Reply } from '../../src/connectors/connector.ts';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { SlackConfig } from '../../src/connectors/slack/config.ts';
import { allScopes } from '../../src/connectors/slack/scopes.ts';
import { words } from '../../src/texts/languages.ts';
import { signed, type Signing } from './emulators/slack/telling.ts';
import { callTo, hear, send, serve, type Hearing } from './slack-app.ts';

const inbound = slackConnector.inbound!;
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const config = SlackConfig.parse({ bot_token: 'xoxb-1', signing_secret: secret });
const seconds = Math.floor(Date.now() / 1000);

describe('a request', () => {
  const isFor = (
    signing: Partial<Signing> = {},
    changes: Record<string, string | undefined> = {},
    body = '{"a":1}',
    other = body,
  ): boolean => {
    const request = signed('events', body, { secret, ...signing });
    const headers = Object.fromEntries(
      Object.entries({ ...request.headers, ...changes }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    return inbound.verify(config, { ...request, headers, body: Buffer.from(other) });
  };

  it('is the connection’s by its signature over the very bytes', () => {
    expect(isFor()).toBe(true);
    expect(isFor({}, {}, '{"text":"é\\ud800"}')).toBe(true);
    expect(isFor({}, {}, '{"a":1}', '{"a":2}')).toBe(false);
    expect(isFor({ secret: 'another' })).toBe(false);
  });

  it('is verified as in Slack’s own example', () => {
    // docs.slack.dev/authentication/verifying-requests-from-slack
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    expect(inbound.verify(config, { path: 'commands', headers, body: Buffer.from(body), nowMs: 1_531_420_618_000 })).toBe(true);
  });

  it.each([
    [-299, true],
    [299, true],
    [-302, false],
    [302, false],
    [-86_400, false],
  ])('of %i seconds from now is taken: %s', (ago, expected) => {
    expect(isFor({ timestamp: seconds + ago })).toBe(expected);
  });

  it.each([
    ['no signature', { 'x-slack-signature': undefined }],
    ['no timestamp', { 'x-slack-request-timestamp': undefined }],
    ['a timestamp of another kind', { 'x-slack-request-timestamp': 'now' }],
    ['an endless timestamp', { 'x-slack-request-timestamp': 'Infinity' }],
    ['a signature of another version', { 'x-slack-signature': `v1=${'0'.repeat(64)}` }],
    ['half a signature', { 'x-slack-signature': 'v0=00ff' }],
    ['a signature that is none', { 'x-slack-signature': 'v0=' }],
  ])('with %s is refused', (_, changes) => {
    expect(isFor({}, changes)).toBe(false);
  });

  it('is nobody’s where there is no signing secret', () => {
    expect(inbound.verify(SlackConfig.parse({ bot_token: 'xoxb-1' }), signed('events', '{}', { secret: '' }))).toBe(false);
  });

  it.each([
    ['events', '{', 400],
    ['interactive', 'payload=%7B', 400],
    ['interactive', '', 400],
    ['elsewhere', '{}', 400],
    ['events', '{"type":"event_callback"}', 200],
    ['events', 'null', 200],
    ['commands', 'ssl_check=1&token=x', 200],
    ['interactive', 'payload=%7B%22type%22%3A%22view_closed%22%7D', 200],
  ])('to %s that says %j is answered %i, and nothing is told', async (path, body, status) => {
    const slack = await serve();
    const told: Received[] = [];
    const answer = await inbound.receive(callTo(slack), signed(path, body, { secret }), async (received) => (told.push(received), null));
    expect(answer).toEqual({ status, body: null });
    expect(told).toEqual([]);
  });

  it('that asks whether we are there is answered with its challenge', async () => {
    const slack = await serve();
    const body = JSON.stringify({
      token: 'x',
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
      type: 'url_verification',
    });
    const answer = await inbound.receive(callTo(slack), signed('/api/v1/slack/events/', body, { secret }), async () => null);
    expect(answer).toEqual({ status: 200, body: { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' } });
  });
});

async function workplace(answer?: (received: Received) => Reply | null | Promise<Reply | null>, scopes: Iterable<string> = allScopes) {
  const slack = await serve(scopes);
  const [ann, bob] = [slack.workspace.member('ann'), slack.workspace.member('bob')];
  const channel = slack.workspace.channel('inc-abc123-redis-prod', { members: [slack.workspace.bot, ann, bob] });
  return { slack, ann, bob, channel, people: slack.people, heard: hear(slack, answer), screen: slack.workspace.screen(ann.id) };
}

const whats = ({ received }: Hearing) => received.map(({ what }) => what);

describe('what people write in a room', () => {
  it('is a comment, with its author', async () => {
    const { ann, channel, people, heard } = await workplace();
    const message = await people.say(ann, channel, 'Failing over now');
    expect(heard.received).toEqual([
      {
        id: expect.stringMatching(/^Ev/),
        accountName: 'Ann Example',
        accountId: ann.id,
        room: null,
        what: {
          kind: 'comment',
          room: { id: channel.id, url: null, receipt: null },
          message: `${channel.id}/${message.ts}`,
          text: 'Failing over now',
        },
      },
    ]);
  });

  it('is in Markdown, with the names of whom it mentions', async () => {
    const { ann, bob, channel, people, heard } = await workplace();
    const text = `*bold* and ~gone~ &amp; a &lt; b: <@${bob.id}>, <!here>, <!subteam^S1|@sre>, <#C1|general>, <https://x.example/?a=1&amp;b=2|the log>, <https://y.example/>\nsecond line \`a *b* &lt;\``;
    await people.say(ann, channel, text);
    expect(whats(heard)).toMatchObject([
      {
        text: '**bold** and ~~gone~~ & a < b: @Bob Example, @here, @sre, #general, [the log](https://x.example/?a=1&b=2), https://y.example/  \nsecond line `a *b* <`',
      },
    ]);
  });

  it('says where its files are', async () => {
    const { ann, channel, people, heard } = await workplace();
    await people.say(ann, channel, 'See', {
      subtype: 'file_share',
      files: [{ id: 'F1', name: 'graph.png', permalink: 'https://acme.slack.com/files/F1' }],
    });
    expect(whats(heard)).toMatchObject([{ kind: 'comment', text: 'See  \n[graph.png](https://acme.slack.com/files/F1)' }]);
  });

  it('is edited and deleted with it', async () => {
    const { ann, channel, people, heard } = await workplace();
    const message = await people.say(ann, channel, 'Failing ovr');
    await people.edit(ann, channel, message, 'Failing over');
    await people.remove(ann, channel, message);
    const place = { room: { id: channel.id, url: null, receipt: null }, message: `${channel.id}/${message.ts}` };
    expect(whats(heard)).toEqual([
      { kind: 'comment', ...place, text: 'Failing ovr' },
      { kind: 'comment_edited', ...place, text: 'Failing over' },
      { kind: 'comment_deleted', ...place },
    ]);
    expect(heard.received.map(({ accountId }) => accountId)).toEqual([ann.id, ann.id, ann.id]);
    expect(new Set(heard.received.map(({ id }) => id)).size).toBe(3);
  });

  it('is deleted where replies are left', async () => {
    const { ann, bob, slack, channel, people, heard } = await workplace();
    const message = await people.say(ann, channel, 'one');
    channel.messages.push({ ...message, ts: slack.workspace.ts(), user: bob.id, threadTs: message.ts });
    await people.remove(ann, channel, message);
    expect(whats(heard).at(-1)).toMatchObject({ kind: 'comment_deleted', message: `${channel.id}/${message.ts}` });
  });

  it('in a private room counts too', async () => {
    const { slack, ann, people, heard } = await workplace();
    const secret = slack.workspace.channel('inc-1-secret', { kind: 'private', members: [slack.workspace.bot, ann] });
    await people.say(ann, secret, 'psst');
    expect(whats(heard)).toMatchObject([{ kind: 'comment', room: { id: secret.id } }]);
  });

  it.each([
    ['our own messages', { bot_id: 'B0BOT' }],
    ['other bots', { subtype: 'bot_message', bot_id: 'B1', user: undefined }],
    ['who joined', { subtype: 'channel_join' }],
    ['a topic', { subtype: 'channel_topic' }],
    ['direct messages', { channel_type: 'im' }],
    ['nothing', { text: '  ' }],
  ])('is not %s', async (_, more) => {
    const { ann, channel, people, heard } = await workplace();
    await people.say(ann, channel, 'hello', more);
    expect(heard.received).toEqual([]);
    expect(people.complaints).toEqual([]);
  });

  it('is not the preview of a link, nor what a bot changed', async () => {
    const { ann, channel, people, heard } = await workplace();
    const message = { type: 'message', user: ann.id, text: 'see <https://x.example/>', ts: '1.1' };
    const event = { type: 'message', subtype: 'message_changed', channel: channel.id, channel_type: 'channel' };
    await people.event({ ...event, message: { ...message, attachments: [{}] }, previous_message: message });
    await people.event({ ...event, message: { ...message, bot_id: 'B0BOT', text: 'x' }, previous_message: message });
    await people.event({
      type: 'message',
      subtype: 'message_deleted',
      channel: channel.id,
      deleted_ts: '1.1',
      previous_message: { ...message, bot_id: 'B0BOT' },
    });
    expect(heard.received).toEqual([]);
  });

  it('has no name where the scope is missing, and is told all the same', async () => {
    const { ann, bob, channel, people, heard } = await workplace(
      undefined,
      allScopes.filter((scope) => scope !== 'users:read'),
    );
    await people.say(ann, channel, `ask <@${bob.id}>`);
    expect(heard.received).toMatchObject([{ accountName: null, accountId: ann.id, what: { text: `ask @${bob.id}` } }]);
  });

  it('does not ask for a name twice', async () => {
    const { slack, ann, channel, people } = await workplace();
    for (let n = 0; n < 3; n += 1) await people.say(ann, channel, `${n}`);
    expect(slack.asked.map(({ method }) => method)).toEqual(['users.info']);
  });

  it('is told again by Slack, under the same id, until it is taken', async () => {
    let failures = 2;
    const { ann, channel, people, heard } = await workplace(() => {
      if (failures-- > 0) throw new Error('the store is away');
      return null;
    });
    await people.say(ann, channel, 'Failing over');
    expect(heard.received).toHaveLength(3);
    expect(new Set(heard.received.map(({ id }) => id)).size).toBe(1);
    expect(people.complaints).toEqual([]);
  });

  it('is told again where it took too long', async () => {
    let isSlow = true;
    const { ann, channel, people, heard } = await workplace(() => {
      const wait = isSlow;
      isSlow = false;
      return wait ? new Promise(() => undefined) : null;
    });
    await people.say(ann, channel, 'Failing over');
    expect(heard.received).toHaveLength(2);
    expect(people.complaints).toEqual([]);
  });
});

describe('a reaction', () => {
  it('of a pushpin marks a message; others are nothing', async () => {
    const { ann, bob, channel, people, heard } = await workplace();
    const message = await people.say(bob, channel, 'Failing over');
    await people.react(ann, channel, message, 'pushpin');
    await people.react(ann, channel, message, 'thumbsup');
    await people.react(ann, channel, message, 'pushpin', false);
    const mark = { kind: 'reaction', room: { id: channel.id }, message: `${channel.id}/${message.ts}`, emoji: '📌' };
    expect(heard.received.slice(1)).toMatchObject([
      { accountId: ann.id, accountName: 'Ann Example', what: { ...mark, isAdded: true } },
      { accountId: ann.id, what: { ...mark, isAdded: false } },
    ]);
  });
});

const text = (what: string, forAll = false): Reply => ({ kind: 'text', text: what, forAll });
const field = (name: string, more: Partial<FormField> = {}): FormField => ({ name, label: name, required: true, options: [], ...more });
const form: Reply = {
  kind: 'form',
  form: 'incident.create',
  title: 'Create incident',
  fields: [field('title'), field('description', { required: false }), field('service', { options: ['redis-prod', 'api'] })],
};

describe('/imas', () => {
  it('is a command, answered at once to whoever gave it', async () => {
    const { ann, channel, people, heard, screen, slack } = await workplace(() =>
      text('2 open incidents: https://imas.example.com/?a=1&b=2 <now>'),
    );
    await people.command(ann, channel, ' incident list &amp; more ');
    expect(heard.received).toEqual([
      {
        id: expect.stringContaining('.'),
        accountName: 'ann',
        accountId: ann.id,
        room: channel.id,
        what: { kind: 'command', text: 'incident list & more' },
      },
    ]);
    expect(screen.whispers).toEqual([
      { channel: channel.id, threadTs: null, text: '2 open incidents: <https://imas.example.com/?a=1&amp;b=2> &lt;now&gt;' },
    ]);
    expect(slack.responses()).toBe(0);
  });

  it('may be answered to all in the room, or not at all', async () => {
    const { ann, channel, people, screen } = await workplace((received) =>
      received.what.kind === 'command' && received.what.text === 'quiet' ? null : text('Acknowledged', true),
    );
    await people.command(ann, channel, 'incident ack INC-ABC123');
    await people.command(ann, channel, 'quiet');
    expect(channel.messages.map((message) => message.text)).toEqual(['Acknowledged']);
    expect(screen.whispers).toEqual([]);
    expect(people.complaints).toEqual([]);
  });

  it('opens a form, which is handed on when it is filled in, and answered where it was asked for', async () => {
    const { ann, channel, people, heard, screen, slack } = await workplace((received) =>
      received.what.kind === 'form' ? text('Created INC-ABC123') : form,
    );
    await people.command(ann, channel, 'incident create');
    expect(await Promise.all(heard.later)).toEqual([null]);
    expect(screen.modal).toMatchObject({ title: { text: 'Create incident' }, submit: { text: 'Create incident' } });
    await people.submit(ann, { title: 'Redis <down>', service: 'redis-prod' });
    expect(await Promise.all(heard.later)).toEqual([null, null]);
    expect(heard.received[1]).toEqual({
      id: expect.stringContaining('.'),
      accountName: 'ann',
      accountId: ann.id,
      room: null,
      what: { kind: 'form', form: 'incident.create', values: { title: 'Redis <down>', description: '', service: 'redis-prod' } },
    });
    expect(screen).toEqual({ modal: null, whispers: [{ channel: channel.id, threadTs: null, text: 'Created INC-ABC123' }] });
    expect(slack.responses()).toBe(1);
  });

  it('of a form whose address has run out is answered by a direct message', async () => {
    const { ann, channel, people, heard, slack } = await workplace((received) =>
      received.what.kind === 'form' ? text('Created INC-ABC123') : form,
    );
    await people.command(ann, channel, 'incident create');
    await Promise.all(heard.later);
    slack.expireResponseUrls();
    await people.submit(ann, { title: 'x', service: 'api' });
    expect(await Promise.all(heard.later)).toEqual([null, null]);
    expect(slack.workspace.direct(ann.id).messages).toMatchObject([{ text: 'Created INC-ABC123' }]);
  });

  it('of a form may be followed by another one', async () => {
    const again: Reply = { ...form, title: 'Once more', fields: [field('title')] };
    const { ann, channel, people, heard, screen } = await workplace((received) => (received.what.kind === 'form' ? again : form));
    await people.command(ann, channel, 'incident create');
    await Promise.all(heard.later);
    await people.submit(ann, { title: 'x', service: 'api' });
    expect(screen.modal).toMatchObject({ title: { text: 'Once more' } });
  });

  it.each([0, 1, 100, 101, 1000, 1001])('of a form with %i options is taken by Slack', async (count) => {
    const options = Array.from({ length: count }, (_, n) => `service-${n} ${'x'.repeat(100)}`);
    const { ann, channel, people, heard, screen } = await workplace(() => ({ ...form, fields: [field('service', { options })] }) as Reply);
    await people.command(ann, channel, 'incident create');
    expect(await Promise.all(heard.later)).toEqual([null]);
    const [{ element }] = screen.modal!['blocks'] as [{ element: Record<string, unknown> }];
    expect(element['type']).toBe(count === 0 || count > 1000 ? 'plain_text_input' : 'static_select');
  });

  it('that takes longer than Slack waits is answered later', async () => {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const { ann, channel, people, heard, screen, slack } = await workplace(() => promise);
    await people.command(ann, channel, 'oncall');
    expect(people.complaints).toEqual([]);
    expect(screen.whispers).toEqual([]);
    resolve(text('Ann until Monday'));
    expect(await Promise.all(heard.later)).toEqual([null]);
    expect(screen.whispers).toMatchObject([{ text: 'Ann until Monday' }]);
    expect(slack.responses()).toBe(1);
  });

  it('that fails at once is said by Slack, and what fails later by the answer', async () => {
    const { promise, reject } = Promise.withResolvers<Reply>();
    const { ann, channel, people, heard } = await workplace((received) => {
      if ((received.what as { text: string }).text === 'slow') return promise;
      throw new Error('the store is away');
    });
    await people.command(ann, channel, 'quick');
    expect(people.complaints).toEqual(['/imas failed with the error "dispatch_failed"']);
    await people.command(ann, channel, 'slow');
    reject(new Error('the store is away'));
    await expect(Promise.all(heard.later)).rejects.toThrow('the store is away');
  });

  it('whose late answer or form Slack does not take says so to whoever called', async () => {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const { ann, channel, people, heard, slack } = await workplace((received) =>
      (received.what as { text: string }).text === 'form' ? form : promise,
    );
    await people.command(ann, channel, 'late');
    slack.expireResponseUrls();
    resolve(text('too late'));
    slack.fail('views.open', { error: 'expired_trigger_id' });
    await people.command(ann, channel, 'form');
    const failures = await Promise.all(heard.later);
    expect(failures.map((failure) => failure && words(failure.reason))).toEqual([
      expect.stringContaining('HTTP 404'),
      'Slack refused: “expired_trigger_id”.',
    ]);
  });
});

describe('a button', () => {
  it('is a press of whoever pressed it, answered to them alone', async () => {
    const { slack, ann, channel, people, heard, screen } = await workplace(() => text('You have it now.'));
    await send(slack, channel.id);
    const [message] = channel.messages;
    await people.press(ann, channel, message!, 'acknowledge');
    expect(heard.received).toEqual([
      {
        id: expect.stringContaining('.'),
        accountName: 'ann',
        accountId: ann.id,
        room: channel.id,
        what: { kind: 'press', button: 'acknowledge', value: '0b0f6c6e-6a3b-4d0c-9a55-9c1e2f3a4b5c' },
      },
    ]);
    await Promise.all(heard.later);
    expect(screen.whispers).toMatchObject([{ text: 'You have it now.' }]);
    expect(people.complaints).toEqual([]);
  });

  it('that only opens an address is taken, and nothing is told', async () => {
    const { slack, ann, channel, people, heard } = await workplace();
    await send(slack, channel.id);
    await people.press(ann, channel, channel.messages[0]!, 'open_incident');
    expect(heard.received).toEqual([]);
    expect(people.complaints).toEqual([]);
  });

  it('may open a form', async () => {
    const { slack, ann, channel, people, heard, screen } = await workplace(() => form);
    await send(slack, channel.id);
    await people.press(ann, channel, channel.messages[0]!, 'resolve');
    await Promise.all(heard.later);
    expect(screen.modal).toMatchObject({ callback_id: 'incident.create' });
  });

  it('has a warning sign where the press could not be taken', async () => {
    const { slack, ann, channel, people } = await workplace(() => {
      throw new Error('the store is away');
    });
    await send(slack, channel.id);
    await people.press(ann, channel, channel.messages[0]!, 'escalate');
    expect(people.complaints).toEqual(['a warning sign beside escalate']);
  });
});

describe('a mention of the bot', () => {
  it('is a command, no comment, and is answered where it stands', async () => {
    const { slack, ann, channel, people, heard, screen } = await workplace(() => text('2 open incidents'));
    await people.say(ann, channel, `<@${slack.workspace.bot.id}>  incident   list`);
    await Promise.all(heard.later);
    expect(heard.received).toMatchObject([
      { id: expect.stringMatching(/^Ev/), accountId: ann.id, what: { kind: 'command', text: 'incident list' } },
    ]);
    expect(screen.whispers).toEqual([{ channel: channel.id, threadTs: null, text: '2 open incidents' }]);
  });

  it('in a thread is answered there, to all where it is for all', async () => {
    const { slack, ann, channel, people, heard } = await workplace(() => text('Acknowledged', true));
    const first = await people.say(ann, { ...channel, members: new Set() }, 'hm');
    await people.say(ann, channel, `<@${slack.workspace.bot.id}> incident ack INC-ABC123`, { thread_ts: first.ts });
    await Promise.all(heard.later);
    expect(channel.messages.at(-1)).toMatchObject({ text: 'Acknowledged', threadTs: first.ts, isBots: true });
  });

  it('cannot open a form, and says what does', async () => {
    const { slack, ann, channel, people, heard, screen } = await workplace(() => form);
    await people.say(ann, channel, `<@${slack.workspace.bot.id}> incident create`);
    await Promise.all(heard.later);
    expect(screen.whispers).toMatchObject([{ text: 'This needs a form, and a mention cannot open one: use /imas instead.' }]);
  });

  it('by a bot is nothing', async () => {
    const { slack, ann, channel, people, heard } = await workplace();
    await people.say(ann, channel, `<@${slack.workspace.bot.id}> incident list`, { bot_id: 'B9' });
    expect(heard.received).toEqual([]);
  });
});
