import { describe, expect, it } from 'vitest';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import type { Member, RoomLook } from '../../src/connectors/connector.ts';
import type { Ref } from '../../src/connectors/outcome.ts';
import { allScopes } from '../../src/connectors/slack/scopes.ts';
import type { Slack } from './emulators/slack/server.ts';
import type { Channel } from './emulators/slack/workspace.ts';
import { incident, notificationWith } from './notification.ts';
import { callTo, failureIn, onlyMessage, outcomeOf, serve, valueOf, type Calling } from './slack-app.ts';
import type { Spoken } from './send.ts';

const rooms = slackConnector.rooms!;
const look: RoomLook = {
  name: 'inc-abc123-redis-prod',
  topic: 'SEV1 Critical: Redis is down',
  isPrivate: false,
  links: [
    { title: 'LID', url: 'https://docs.example.com/lid' },
    { title: 'Runbook', url: 'https://wiki.example.com/redis' },
  ],
};
const without = (...scopes: string[]): string[] => allScopes.filter((scope) => !scopes.includes(scope));
const ensure = (slack: Slack, changes: Partial<RoomLook> = {}, calling: Calling = {}): Promise<Spoken<Ref>> =>
  outcomeOf(rooms.ensure(callTo(slack, calling), { ...look, ...changes }, incident));
const named = (slack: Slack, name: string): Channel[] => [...slack.workspace.channels.values()].filter((channel) => channel.name === name);
const calls = (slack: Slack, method: string): number => slack.asked.filter((asked) => asked.method === method).length;
const person = (name: string, more: Partial<Member> = {}): Member => ({ name, email: `${name}@example.com`, accountId: null, ...more });

describe('a room', () => {
  it('is opened, and has the address that Slack gives it', async () => {
    const slack = await serve();
    const ref = valueOf(await ensure(slack));
    const [channel] = named(slack, look.name);
    expect(channel).toMatchObject({ id: ref.id, kind: 'public' });
    expect(ref.url).toBe(`https://acme.slack.com/archives/${ref.id}`);
    expect(calls(slack, 'conversations.list')).toBe(0);
  });

  it('may be private', async () => {
    const slack = await serve();
    valueOf(await ensure(slack, { isPrivate: true }));
    expect(named(slack, look.name)).toMatchObject([{ kind: 'private' }]);
  });

  it('is the same one when it is asked for again, whatever came of the first answer', async () => {
    const slack = await serve();
    slack.fail('conversations.create', 'lost');
    expect(await ensure(slack)).toMatchObject({ ok: false, permanent: false, maybeDone: true });
    const ref = valueOf(await ensure(slack, {}, { maybeDone: true }));
    expect(valueOf(await ensure(slack))).toEqual(ref);
    expect(named(slack, look.name)).toHaveLength(1);
  });

  it('is found among thousands, and no page is read in vain', async () => {
    const slack = await serve();
    for (let n = 0; n < 1500; n += 1) slack.workspace.channel(`channel-${n}`);
    const ref = valueOf(await ensure(slack));
    expect(valueOf(await ensure(slack))).toEqual(ref);
    expect(calls(slack, 'conversations.list')).toBe(2);
  });

  it('that was closed is followed by another, which is found too', async () => {
    const slack = await serve();
    const first = valueOf(await ensure(slack));
    valueOf(await outcomeOf(rooms.close(callTo(slack), first)));
    const second = valueOf(await ensure(slack));
    expect(second.id).not.toBe(first.id);
    expect(named(slack, `${look.name}-2`)).toMatchObject([{ id: second.id, isArchived: false }]);
    expect(valueOf(await ensure(slack))).toEqual(second);
  });

  it('of a long name keeps within Slack’s 80 characters, also the second time', async () => {
    const slack = await serve();
    const name = `inc-abc123-${'x'.repeat(69)}`;
    valueOf(await outcomeOf(rooms.close(callTo(slack), valueOf(await ensure(slack, { name })))));
    const second = valueOf(await ensure(slack, { name }));
    expect(slack.workspace.channels.get(second.id)!.name).toBe(`inc-abc123-${'x'.repeat(67)}-2`);
    expect(valueOf(await ensure(slack, { name }))).toEqual(second);
  });

  it('that somebody else opened is entered', async () => {
    const slack = await serve();
    const theirs = slack.workspace.channel(look.name, { members: [slack.workspace.member('bob')] });
    expect(valueOf(await ensure(slack)).id).toBe(theirs.id);
    expect(theirs.members).toContain(slack.workspace.bot.id);
  });

  it('that somebody else opened cannot be entered without the scope', async () => {
    const slack = await serve(without('channels:join'));
    slack.workspace.channel(look.name, { members: [] });
    expect(failureIn(await ensure(slack))).toMatchObject({ permanent: true, reason: 'The Slack app lacks the scope channels:join.' });
  });

  it('whose name a channel has that the bot cannot see gets another name', async () => {
    const slack = await serve();
    slack.workspace.channel(look.name, { kind: 'private', members: [] });
    const ref = valueOf(await ensure(slack));
    expect(slack.workspace.channels.get(ref.id)!.name).toBe(`${look.name}-2`);
  });

  it('is found without the scope for private channels', async () => {
    const slack = await serve(without('groups:read'));
    const ref = valueOf(await ensure(slack));
    expect(valueOf(await ensure(slack))).toEqual(ref);
  });

  it('needs its scope, which is named', async () => {
    const slack = await serve(['chat:write']);
    expect(failureIn(await ensure(slack))).toMatchObject({ permanent: true, reason: 'The Slack app lacks the scope channels:manage.' });
    expect(failureIn(await ensure(slack, { isPrivate: true })).reason).toBe('The Slack app lacks the scope groups:write.');
  });

  it('cannot be opened where the workspace forbids it', async () => {
    const slack = await serve();
    slack.fail('conversations.create', { error: 'restricted_action' });
    expect(failureIn(await ensure(slack))).toMatchObject({
      permanent: true,
      cure: 'A setting of the workspace forbids this: ask a Slack admin.',
    });
  });
});

async function opened(scopes?: Iterable<string>) {
  const slack = await serve(scopes);
  const channel = slack.workspace.channel(look.name);
  return { slack, channel, room: { id: channel.id, url: null, receipt: null } };
}

describe('its topic and links', () => {
  it('are kept as they should be, and what did not change is not touched', async () => {
    const { slack, channel, room } = await opened();
    const describe = (changes: Partial<RoomLook> = {}) => outcomeOf(rooms.describe(callTo(slack), room, { ...look, ...changes }));
    expect(valueOf(await describe())).toEqual(room);
    valueOf(await describe());
    expect(channel).toMatchObject({
      topic: look.topic,
      topicsSet: 1,
      bookmarks: [{ title: 'LID', link: 'https://docs.example.com/lid' }, { title: 'Runbook' }],
    });
    valueOf(await describe({ topic: 'SEV2 High: Redis <slow> & sad', links: [{ title: 'LID', url: 'https://docs.example.com/other' }] }));
    valueOf(await describe({ topic: 'SEV2 High: Redis <slow> & sad', links: [] }));
    expect(channel).toMatchObject({ topic: 'SEV2 High: Redis <slow> & sad', topicsSet: 2 });
    expect(channel.bookmarks.map(({ title, link }) => [title, link])).toEqual([
      ['LID', 'https://docs.example.com/other'],
      ['Runbook', 'https://wiki.example.com/redis'],
    ]);
  });

  it('leave alone what people put there', async () => {
    const { slack, channel, room } = await opened();
    channel.bookmarks.push({ id: 'Bk1', title: 'Call', link: 'https://meet.example.com/' });
    valueOf(await outcomeOf(rooms.describe(callTo(slack), room, look)));
    expect(channel.bookmarks.map(({ title }) => title)).toEqual(['Call', 'LID', 'Runbook']);
  });

  it('are within Slack’s limits, and lead to the web alone', async () => {
    const { slack, channel, room } = await opened();
    const links = [
      { title: 'x'.repeat(300), url: 'https://example.com/' },
      { title: 'long', url: `https://example.com/${'x'.repeat(2100)}` },
      { title: 'bad', url: 'javascript:alert(1)' },
    ];
    valueOf(await outcomeOf(rooms.describe(callTo(slack), room, { ...look, topic: 'Disk full\n'.repeat(60), links })));
    expect(channel.topic).toMatch(/^Disk full Disk full .*…$/);
    expect(channel.topic).toHaveLength(250);
    expect(channel.bookmarks).toHaveLength(1);
  });

  it('fail each by itself, for want of a scope', async () => {
    const first = await opened(without('bookmarks:read'));
    expect(failureIn(await outcomeOf(rooms.describe(callTo(first.slack), first.room, look))).reason).toBe(
      'The Slack app lacks the scope bookmarks:read.',
    );
    expect(first.channel).toMatchObject({ topic: look.topic, bookmarks: [] });
    const second = await opened(without('channels:manage'));
    expect(failureIn(await outcomeOf(rooms.describe(callTo(second.slack), second.room, look))).reason).toBe(
      'The Slack app lacks the scope channels:manage.',
    );
    expect(second.channel).toMatchObject({ topic: '', bookmarks: [{}, {}] });
    const third = await opened(without('channels:read'));
    valueOf(await outcomeOf(rooms.describe(callTo(third.slack), third.room, look)));
    expect(third.channel.topic).toBe(look.topic);
  });
});

describe('who is invited', () => {
  const invite = (slack: Slack, room: Ref, members: readonly Member[]) => outcomeOf(rooms.invite(callTo(slack), room, members));

  it('is in it then; those who could not be are named', async () => {
    const { slack, channel, room } = await opened();
    const { workspace } = slack;
    const [ann, bob, cem] = [workspace.member('ann'), workspace.member('bob', 'other@example.com'), workspace.member('cem')];
    cem.isDeleted = true;
    const dora = workspace.member('dora');
    channel.members.add(dora.id);
    const members = [
      person('ann'),
      person('bob', { accountId: bob.id }),
      person('cem', { accountId: cem.id }),
      person('dora'),
      person('eve'),
      person('fay', { email: null }),
      person('imas', { accountId: workspace.bot.id }),
    ];
    expect(valueOf(await invite(slack, room, members)).map(({ name }) => name)).toEqual(['eve', 'fay', 'cem']);
    expect(channel.members).toEqual(new Set([workspace.bot.id, dora.id, ann.id, bob.id]));
    expect(valueOf(await invite(slack, room, members)).map(({ name }) => name)).toEqual(['eve', 'fay', 'cem']);
  });

  it('is in it whether or not Slack invited the others when it refused some', async () => {
    const { slack, channel, room } = await opened();
    const [ann, cem] = [slack.workspace.member('ann'), slack.workspace.member('cem')];
    slack.fail('conversations.invite', {
      error: 'user_not_found',
      more: { errors: [{ user: cem.id, ok: false, error: 'user_not_found' }] },
    });
    expect(valueOf(await invite(slack, room, [person('ann'), person('cem')]))).toEqual([person('cem')]);
    expect(channel.members).toContain(ann.id);
  });

  it('may be more than Slack takes at once', async () => {
    const { slack, channel, room } = await opened();
    const members = Array.from({ length: 130 }, (_, n) => person(`p${n}`, { accountId: slack.workspace.member(`p${n}`).id }));
    expect(valueOf(await invite(slack, room, members))).toEqual([]);
    expect(channel.members.size).toBe(131);
  });

  it('may be nobody', async () => {
    const { slack, room } = await opened();
    expect(valueOf(await invite(slack, room, []))).toEqual([]);
    expect(valueOf(await invite(slack, room, [person('ann')]))).toEqual([person('ann')]);
    expect(calls(slack, 'conversations.invite')).toBe(0);
  });

  it('is found by a linked account where the scope for addresses is missing', async () => {
    const { slack, room, channel } = await opened(without('users:read.email'));
    const ann = slack.workspace.member('ann');
    expect(failureIn(await invite(slack, room, [person('ann')])).reason).toBe('The Slack app lacks the scope users:read.email.');
    const members = [person('bob'), person('cem'), person('ann', { accountId: ann.id })];
    expect(valueOf(await invite(slack, room, members)).map(({ name }) => name)).toEqual(['bob', 'cem']);
    expect(channel.members).toContain(ann.id);
  });

  it('is told what concerns the room as a failure', async () => {
    const { slack, room, channel } = await opened();
    slack.workspace.member('ann');
    channel.isArchived = true;
    expect(failureIn(await invite(slack, room, [person('ann')]))).toMatchObject({
      permanent: true,
      reason: 'Slack refused: “is_archived”.',
    });
  });
});

describe('in it', () => {
  it('a message is posted and pinned, once', async () => {
    const { slack, room, channel } = await opened();
    const message = valueOf(await outcomeOf(rooms.post(callTo(slack), room, notificationWith())));
    for (let n = 0; n < 2; n += 1) expect(valueOf(await outcomeOf(rooms.pin(callTo(slack), room, message)))).toEqual(message);
    expect(channel.pins).toEqual([onlyMessage(channel).ts]);
    const about = notificationWith({ timestamp: new Date().toISOString() });
    expect(valueOf(await outcomeOf(rooms.post(callTo(slack, { maybeDone: true }), room, about)))).toEqual(message);
    onlyMessage(channel);
  });

  it('a pin needs its scope', async () => {
    const { slack, room } = await opened(without('pins:write'));
    const message = valueOf(await outcomeOf(rooms.post(callTo(slack), room, notificationWith())));
    expect(failureIn(await outcomeOf(rooms.pin(callTo(slack), room, message))).reason).toBe('The Slack app lacks the scope pins:write.');
  });
});

it('is closed, once', async () => {
  const { slack, room, channel } = await opened();
  for (let n = 0; n < 2; n += 1) expect(valueOf(await outcomeOf(rooms.close(callTo(slack), room)))).toEqual(room);
  expect(channel.isArchived).toBe(true);
});

describe('a user group', () => {
  const set = (slack: Slack, group: string, members: readonly Member[]) =>
    outcomeOf(slackConnector.groups!.set(callTo(slack), group, members));

  it('has who is on call, by its id or its handle', async () => {
    const slack = await serve();
    const group = slack.workspace.group('sre-oncall');
    const [ann, bob] = [slack.workspace.member('ann'), slack.workspace.member('bob')];
    expect(valueOf(await set(slack, group.id, [person('ann'), person('eve')]))).toEqual([person('eve')]);
    expect(group.users).toEqual([ann.id]);
    for (const handle of ['@sre-oncall', 'sre-oncall']) {
      expect(valueOf(await set(slack, handle, [person('ann'), person('bob', { accountId: bob.id }), person('bob')]))).toEqual([]);
      expect(group.users).toEqual([ann.id, bob.id]);
    }
  });

  it('is left as it is where nobody would be in it', async () => {
    const slack = await serve();
    const group = slack.workspace.group('sre-oncall');
    expect(valueOf(await set(slack, group.id, []))).toEqual([]);
    expect(valueOf(await set(slack, group.id, [person('eve')]))).toEqual([person('eve')]);
    expect(group.users).toEqual([slack.workspace.bot.id]);
  });

  it('must exist, and the app must be allowed to change it', async () => {
    const slack = await serve(without('usergroups:write'));
    const group = slack.workspace.group('sre-oncall');
    slack.workspace.member('ann');
    expect(failureIn(await set(slack, '@other', [person('ann')]))).toMatchObject({
      permanent: true,
      cure: expect.stringContaining('handle or ID'),
    });
    expect(failureIn(await set(slack, group.id, [person('ann')])).reason).toBe('The Slack app lacks the scope usergroups:write.');
    const free = await serve();
    free.fail('usergroups.list', { error: 'plan_upgrade_required' });
    expect(failureIn(await set(free, '@sre-oncall', [])).cure).toContain('paid Slack plan');
  });
});
