import { expect, it, onTestFinished } from 'vitest';
import type { OnReceived, Received, Reply } from '../../src/connectors/connector.ts';
import { beginInteraction } from './emulators/discord/interactions.ts';
import { add } from './emulators/discord/messages.ts';
import type { Discord } from './emulators/discord/server.ts';
import { channelOf, messageEvent } from './emulators/discord/shown.ts';
import { known, newChannel, type Message } from './emulators/discord/world.ts';
import { incident, notificationWith } from './notification.ts';
import { botConfig, callWith, connector, discord, valueOf } from './use-discord.ts';

interface Listener {
  readonly received: Received[];
  readonly over: AbortController;
  /** Settles when listening has ended. */
  readonly ended: Promise<unknown>;
}

/** Listens until the end of the test. */
function listen(server: Discord, on: OnReceived = async () => null): Listener {
  const received: Received[] = [];
  const over = new AbortController();
  const ended = connector.listen!(
    callWith(botConfig(server, { incidents_category_id: known.category }), { signal: over.signal }),
    (one) => {
      received.push(one);
      return on(one);
    },
  );
  ended.catch(() => undefined);
  onTestFinished(async () => {
    over.abort();
    await ended.catch(() => undefined);
  });
  return { received, over, ended };
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });

const ready = (server: Discord, sessions = 1) =>
  eventually(() => server.gateway.sessions.filter(({ events }) => events.some(({ t }) => t === 'GUILD_CREATE')).length).toBe(sessions);

/** A room of the incident. */
async function roomOn(server: Discord): Promise<string> {
  const call = callWith(botConfig(server, { incidents_category_id: known.category }));
  const { id } = await valueOf(connector.rooms!.ensure(call, { name: 'inc-abc123', topic: '', isPrivate: false, links: [] }, incident));
  return id;
}

const write = (server: Discord, channelId: string, content: string, more: Partial<Message> = {}): Message =>
  add(server.world, {
    channelId,
    authorId: known.ann,
    webhookId: null,
    content,
    embeds: [],
    components: [],
    replyTo: null,
    nonce: null,
    pinged: [],
    ...more,
  });

const texts = ({ received }: Listener) => received.map(({ what }) => ('text' in what ? what.text : what.kind));

it('tells what people write, change, delete and mark in a war room', async () => {
  const server = await discord();
  const before = await roomOn(server);
  const listener = listen(server);
  await ready(server);
  const room = { id: before, url: `https://discord.com/channels/${known.guild}/${before}`, receipt: null };

  const message = write(server, before, `It is the disk, <@${known.bob}>`, { pinged: [known.bob] });
  server.gateway.tell('MESSAGE_UPDATE', {
    ...messageEvent(server.world, message),
    content: 'It is the disk',
    edited_timestamp: '2026-11-21T10:05:00.000Z',
  });
  const mark = { user_id: known.bob, channel_id: before, message_id: message.id, guild_id: known.guild, emoji: { id: null, name: '📌' } };
  server.gateway.tell('MESSAGE_REACTION_ADD', { ...mark, member: { nick: 'Bobby', user: { id: known.bob, username: 'bob' } } });
  server.gateway.tell('MESSAGE_REACTION_REMOVE', mark);
  server.gateway.tell('MESSAGE_REACTION_ADD', { ...mark, member: { nick: 'Bobby', user: { id: known.bob, username: 'bob' } } });
  server.gateway.tell('MESSAGE_DELETE', { id: message.id, channel_id: before, guild_id: known.guild });
  server.gateway.tell('MESSAGE_DELETE_BULK', { ids: [message.id, known.stranger], channel_id: before, guild_id: known.guild });

  await eventually(() => listener.received.length).toBe(8);
  const id = `${before}/${message.id}`;
  const byAnn = { accountId: known.ann, accountName: 'Ann', room: before };
  const { id: session } = server.gateway.sessions[0]!;
  expect(listener.received).toEqual([
    { id: message.id, ...byAnn, what: { kind: 'comment', room, message: id, text: 'It is the disk, @bob' } },
    { id: `${message.id}/2026-11-21T10:05:00.000Z`, ...byAnn, what: { kind: 'comment_edited', room, message: id, text: 'It is the disk' } },
    {
      id: `${session}/5`,
      accountId: known.bob,
      accountName: 'Bobby',
      room: before,
      what: { kind: 'reaction', room, message: id, emoji: '📌', isAdded: true },
    },
    {
      id: `${session}/6`,
      accountId: known.bob,
      accountName: null,
      room: before,
      what: { kind: 'reaction', room, message: id, emoji: '📌', isAdded: false },
    },
    {
      id: `${session}/7`,
      accountId: known.bob,
      accountName: 'Bobby',
      room: before,
      what: { kind: 'reaction', room, message: id, emoji: '📌', isAdded: true },
    },
    { id: `${message.id}/deleted`, accountId: null, accountName: null, room: before, what: { kind: 'comment_deleted', room, message: id } },
    { id: `${message.id}/deleted`, accountId: null, accountName: null, room: before, what: { kind: 'comment_deleted', room, message: id } },
    {
      id: `${known.stranger}/deleted`,
      accountId: null,
      accountName: null,
      room: before,
      what: { kind: 'comment_deleted', room, message: `${before}/${known.stranger}` },
    },
  ]);
});

it('leaves out bots, webhooks, ourselves, other channels, other servers, other reactions, and what Discord writes itself', async () => {
  const server = await discord();
  const listener = listen(server);
  await ready(server);
  const room = await roomOn(server);
  await valueOf(connector.rooms!.post(callWith(botConfig(server)), { id: room, url: null, receipt: null }, notificationWith()));
  write(server, room, 'from a bot', { authorId: known.otherBot });
  write(server, room, 'from a webhook', { authorId: known.webhook, webhookId: known.webhook });
  write(server, known.alerts, 'elsewhere');
  write(server, room, '   ');
  const event = messageEvent(server.world, write(server, known.alerts, 'x')) as { id: string };
  server.gateway.tell('MESSAGE_CREATE', { ...event, channel_id: room, guild_id: known.stranger, content: 'on another server' });
  server.gateway.tell('MESSAGE_CREATE', { ...event, channel_id: room, type: 6, content: '' });
  server.gateway.tell('MESSAGE_UPDATE', { ...event, channel_id: room, content: 'with a preview' });
  const reaction = { user_id: known.ann, channel_id: room, message_id: event.id, guild_id: known.guild, emoji: { id: null, name: '👍' } };
  server.gateway.tell('MESSAGE_REACTION_ADD', reaction);
  server.gateway.tell('MESSAGE_REACTION_ADD', { ...reaction, user_id: known.bot, emoji: { id: null, name: '📌' } });
  server.gateway.tell('MESSAGE_DELETE', { id: event.id, channel_id: known.alerts, guild_id: known.guild });
  write(server, room, 'the last');
  await eventually(() => texts(listener)).toContain('the last');
  expect(texts(listener)).toEqual(['the last']);
});

it('knows a room by its mark, by its category, and by a thread in it', async () => {
  const server = await discord();
  const listener = listen(server);
  await ready(server);
  const room = await roomOn(server);
  const moved = newChannel({ id: room, type: 0, name: 'moved', topic: `IMAS ${incident.id}` });
  server.gateway.tell('CHANNEL_UPDATE', channelOf(server.world, moved));
  write(server, room, 'moved');
  server.gateway.tell('CHANNEL_UPDATE', channelOf(server.world, newChannel({ id: room, type: 0, name: 'x', parentId: known.category })));
  write(server, room, 'unmarked');
  const thread = server.world.newId();
  server.gateway.tell('THREAD_CREATE', { id: thread, type: 11, guild_id: known.guild, parent_id: room });
  server.world.channels.set(thread, newChannel({ id: thread, type: 11, name: 'why', parentId: room }));
  const inThread = write(server, thread, 'in the thread');
  server.gateway.tell('CHANNEL_UPDATE', channelOf(server.world, newChannel({ id: room, type: 0, name: 'x' })));
  write(server, room, 'neither');
  server.gateway.tell('CHANNEL_UPDATE', channelOf(server.world, moved));
  write(server, room, 'again');
  await eventually(() => texts(listener)).toContain('again');
  expect(texts(listener)).toEqual(['moved', 'unmarked', 'in the thread', 'again']);
  expect(listener.received[2]!.what).toMatchObject({ room: { id: room }, message: `${thread}/${inThread.id}` });
});

it('takes presses and commands, and answers them', async () => {
  const server = await discord();
  const listener = listen(server, async ({ what }): Promise<Reply | null> => {
    if (what.kind === 'press') return null;
    if (what.kind === 'command' && what.text === 'fail') throw new Error('the store is away');
    if (what.kind === 'command' && what.text === 'late') return reply.promise;
    return { kind: 'text', text: 'Fine.', forAll: true };
  });
  const reply = Promise.withResolvers<Reply>();
  await ready(server);
  const happens = (kind: 'press' | 'command', data: object, guildId = known.guild as string) => {
    const { state, json } = beginInteraction(server.world, { kind, by: known.ann, data, guildId });
    server.gateway.tell('INTERACTION_CREATE', json);
    return state;
  };
  const command = (name: string) => happens('command', { name: 'imas', options: [{ name, type: 1 }] });
  const press = happens('press', { custom_id: `resolve:${incident.id}`, component_type: 2 });
  await eventually(() => press.response).toEqual({ type: 6 });
  const help = command('help');
  await eventually(() => help.shown).toEqual({ content: 'Fine.', embeds: [], isForThemAlone: false });
  const fail = command('fail');
  await eventually(() => fail.shown?.content).toBe('The attempt failed unexpectedly; the log has the details.');
  const late = command('late');
  await eventually(() => late.response).toMatchObject({ type: 5 });
  reply.resolve({ kind: 'text', text: 'Later.', forAll: false });
  await eventually(() => late.shown?.content).toBe('Later.');
  const elsewhere = happens('command', { name: 'imas', options: [] }, known.stranger);
  const last = command('help');
  await eventually(() => last.shown?.content).toBe('Fine.');
  expect(elsewhere.response).toBeNull();
  expect(listener.received[0]).toMatchObject({ accountId: known.ann, what: { kind: 'press', button: 'resolve', value: incident.id } });
});

it('registers the commands first, and listens also where it may not', async () => {
  const server = await discord();
  listen(server);
  await ready(server);
  expect(server.world.commands).toHaveLength(1);
  const other = await discord();
  other.world.application.scopes.delete('applications.commands');
  listen(other);
  await ready(other);
  expect(other.world.commands).toEqual([]);
});

it('asks for no more than is turned on for the application', async () => {
  const server = await discord();
  const room = await roomOn(server);
  server.world.application.flags = 0;
  const listener = listen(server);
  await ready(server);
  write(server, room, 'unreadable');
  const { state, json } = beginInteraction(server.world, {
    kind: 'press',
    by: known.ann,
    data: { custom_id: 'acknowledge:1', component_type: 2 },
  });
  server.gateway.tell('INTERACTION_CREATE', json);
  await eventually(() => state.response).toEqual({ type: 6 });
  expect(listener.received).toHaveLength(1);
  const all = await discord();
  listen(all);
  await ready(all);
  expect([server, all].map(({ gateway }) => gateway.refusals)).toEqual([[], []]);
  expect([server, all].map(({ gateway }) => gateway.sessions[0]!.intents)).toEqual([
    0b10000000001 | (1 << 9),
    0b10000000011 | (1 << 9) | (1 << 15),
  ]);
});

it('goes on without what people write when the intent is turned off meanwhile', async () => {
  const server = await discord();
  listen(server);
  await ready(server);
  server.world.application.flags = 0;
  server.gateway.forget();
  server.gateway.hangUp(4009);
  await ready(server);
  expect(server.gateway.refusals).toEqual([4014]);
  expect(server.gateway.sessions[0]!.intents & (1 << 15)).toBe(0);
});

it.each<[string, (server: Discord) => void]>([
  ['the line is cut', ({ gateway }) => gateway.hangUp()],
  ['Discord closes with an unknown error', ({ gateway }) => gateway.hangUp(4000)],
  ['Discord asks for another connection', ({ gateway }) => gateway.send({ op: 7, d: null })],
  ['Discord doubts the session', ({ gateway }) => gateway.send({ op: 9, d: true })],
])('takes the session up again when %s, and hears what was told meanwhile', async (_, breakOff) => {
  const server = await discord();
  const room = await roomOn(server);
  const listener = listen(server);
  await ready(server);
  write(server, room, 'before');
  await eventually(() => texts(listener)).toEqual(['before']);
  breakOff(server);
  write(server, room, 'meanwhile');
  await eventually(() => texts(listener)).toEqual(['before', 'meanwhile']);
  expect(server.gateway.sessions).toMatchObject([{ resumes: 1 }]);
});

it.each<[string, (server: Discord) => void]>([
  ['Discord ends the session', ({ gateway }) => gateway.hangUp(1000)],
  ['the session timed out', ({ gateway }) => gateway.hangUp(4009)],
  ['Discord says that it is invalid', ({ gateway }) => gateway.send({ op: 9, d: false })],
  ['Discord knows none any more', ({ gateway }) => (gateway.forget(), gateway.hangUp())],
])('begins a new session when %s', async (_, breakOff) => {
  const server = await discord();
  const room = await roomOn(server);
  const listener = listen(server);
  await ready(server);
  const begun = server.world.sessionsLeft;
  breakOff(server);
  await eventually(() => server.world.sessionsLeft).toBe(begun - 1);
  await eventually(() => server.gateway.sessions.at(-1)?.socket?.readyState).toBe(1);
  write(server, room, 'after');
  await eventually(() => texts(listener)).toEqual(['after']);
});

it('sends heartbeats, at once when asked, and takes a line that is dead for cut', async () => {
  const server = await discord();
  server.gateway.heartbeatMs = 40;
  listen(server);
  await ready(server);
  const [session] = server.gateway.sessions;
  await eventually(() => session!.heartbeats).toBeGreaterThan(3);
  server.gateway.acknowledges = false;
  await eventually(() => session!.resumes).toBeGreaterThan(0);
  server.gateway.acknowledges = true;
  const quiet = await discord();
  listen(quiet);
  await ready(quiet);
  quiet.gateway.send({ op: 1, d: null });
  await eventually(() => quiet.gateway.sessions[0]!.heartbeats).toBe(1);
});

it('waits when hardly any sessions are left for today', async () => {
  const server = await discord();
  server.world.sessionsLeft = 0;
  listen(server);
  const asked = () => server.requests.filter(({ line }) => line === 'GET /gateway/bot').length;
  await eventually(asked).toBeGreaterThan(2);
  expect(server.gateway.sessions).toEqual([]);
  server.world.sessionsLeft = 1_000;
  await ready(server);
});

it.each<[string, RegExp, (server: Discord) => void]>([
  ['the token is wrong', /“401: Unauthorized” \(0\)/, ({ world }) => void Object.assign(world, { token: 'x' })],
  [
    'the Gateway refuses it',
    /closed the connection and takes no other \(4004\)/,
    (server) => server.trouble(/gateway/, { kind: 'status', status: 502 }),
  ],
])('ends when %s', async (_, message, prepare) => {
  const server = await discord();
  const { token } = server.world;
  const config = callWith(botConfig(server), { signal: AbortSignal.timeout(20_000) });
  prepare(server);
  if (/4004/.test(message.source)) server.gateway.refusesToken = true;
  await expect(connector.listen!(config, async () => null)).rejects.toThrow(message);
  expect(token).not.toBe('');
});

it('opens no connection to an address that may not be reached', async () => {
  const server = await discord();
  server.gateway.url = server.gateway.url.replace('127.0.0.1', '127.0.0.2');
  await expect(connector.listen!(callWith(botConfig(server)), async () => null)).rejects.toThrow(/IMAS may not reach 127\.0\.0\.2/);
});

it('comes back when Discord, or the network, is away', async () => {
  const server = await discord();
  server.trouble(/applications\/@me$/, { kind: 'drops' });
  server.trouble(/applications\/@me$/, { kind: 'limited', seconds: 0.1 });
  server.trouble(/gateway\/bot/, { kind: 'status', status: 500 });
  listen(server);
  await ready(server);
});

it('hands over what was written in its order, until it is taken', async () => {
  const server = await discord();
  const room = await roomOn(server);
  let isAway = true;
  const taken: string[] = [];
  listen(server, async ({ what }) => {
    if (isAway) throw new Error('the store is away');
    taken.push('text' in what ? what.text : what.kind);
    return null;
  });
  await ready(server);
  for (const text of ['first', 'second', 'third']) write(server, room, text);
  const press = beginInteraction(server.world, { kind: 'press', by: known.ann, data: { custom_id: 'resolve:1', component_type: 2 } });
  server.gateway.tell('INTERACTION_CREATE', press.json);
  await eventually(() => press.state.shown?.content).toMatch(/failed unexpectedly/);
  isAway = false;
  await eventually(() => taken).toEqual(['first', 'second', 'third']);
});

it('ends with its signal, and says good-bye', async () => {
  const server = await discord();
  const listener = listen(server);
  await ready(server);
  listener.over.abort();
  await listener.ended;
  await eventually(() => server.gateway.sessions[0]!.isClosedFor).toBe(1000);
  await eventually(() => server.gateway.connected).toBe(0);
  const webhookOnly = new AbortController();
  const ended = connector.listen!(
    callWith({ webhook_url: server.webhookUrl(known.webhook, 'x') }, { signal: webhookOnly.signal }),
    async () => null,
  );
  webhookOnly.abort();
  await ended;
});
