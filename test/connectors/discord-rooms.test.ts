import { describe, expect, it } from 'vitest';
import { right, rightsIn, type Right } from './emulators/discord/rights.ts';
import type { Discord } from './emulators/discord/server.ts';
import { known, newChannel } from './emulators/discord/world.ts';
import { incident, notificationWith } from './notification.ts';
import { botConfig, callWith, connector, discord, outcomeOf, valueOf, webhookConfig } from './use-discord.ts';

const rooms = connector.rooms!;
const about = notificationWith();
const look = { name: 'inc-abc123-redis-prod', topic: 'SEV1 · Redis is down', isPrivate: false, links: [] };
const person = (name: string, accountId: string | null) => ({ name, email: `${name}@example.com`, accountId });
const [ann, bob] = [person('ann', known.ann), person('bob', known.bob)];

const withCategory = (server: Discord) => botConfig(server, { incidents_category_id: known.category });
const open = (server: Discord, changes: Partial<typeof look> = {}) =>
  valueOf(rooms.ensure(callWith(withCategory(server)), { ...look, ...changes }, incident));
const may = ({ world }: Discord, room: string, who: string, what: Right): boolean =>
  (rightsIn(world, world.channels.get(room)!, who) & right[what]) !== 0n;

describe('a war room', () => {
  it('is a channel in the category, made once', async () => {
    const server = await discord();
    server.trouble(/^POST .*channels$/, { kind: 'answersHalf' });
    expect(await outcomeOf(rooms.ensure(callWith(withCategory(server)), look, incident))).toMatchObject({ ok: false, maybeDone: true });
    const [room, again] = [await open(server), await open(server)];
    const made = [...server.world.channels.values()].filter(({ parentId }) => parentId === known.category);
    expect(made).toMatchObject([
      { id: room.id, type: 0, name: 'inc-abc123-redis-prod', topic: `INC-ABC123\nIMAS ${incident.id}`, overwrites: [] },
    ]);
    expect(room).toEqual(again);
    expect(room.url).toBe(`https://discord.com/channels/${known.guild}/${room.id}`);
  });

  it('is found again though people renamed and moved it, and another incident has its own', async () => {
    const server = await discord();
    const room = await open(server);
    server.world.channels.set(room.id, {
      ...server.world.channels.get(room.id)!,
      name: 'war',
      parentId: null,
      topic: `new topic\nIMAS ${incident.id}`,
    });
    expect((await open(server)).id).toBe(room.id);
    const other = await valueOf(
      rooms.ensure(callWith(withCategory(server)), look, { ...incident, id: '11111111-2222-4333-8444-555555555555' }),
    );
    expect(other.id).not.toBe(room.id);
  });

  it.each([
    ['INC-ABC123 Über Payments/EU (live)', 'inc-abc123-über-payments-eu-live'],
    ['x'.repeat(200), 'x'.repeat(100)],
    ['  --  ', 'incident'],
  ])('named %s is called %s', async (name, called) => {
    const server = await discord();
    const room = await open(server, { name });
    expect(server.world.channels.get(room.id)!.name).toBe(called);
  });

  it('has the category’s permissions; a private one is for the bot and those who are invited', async () => {
    const server = await discord();
    const category = server.world.channels.get(known.category)!;
    category.overwrites.push({ id: known.guild, type: 0, allow: 0n, deny: right.mentionEveryone });
    const open1 = await open(server);
    expect(server.world.channels.get(open1.id)!.overwrites).toEqual(category.overwrites);
    const hidden = await valueOf(
      rooms.ensure(
        callWith(withCategory(server)),
        { ...look, isPrivate: true },
        { ...incident, id: '11111111-2222-4333-8444-555555555555' },
      ),
    );
    expect([known.bot, known.ann].map((who) => may(server, hidden.id, who, 'viewChannel'))).toEqual([true, false]);
    await valueOf(rooms.invite(callWith(withCategory(server)), hidden, [ann]));
    expect([known.ann, known.bob].map((who) => may(server, hidden.id, who, 'sendMessages'))).toEqual([true, false]);
  });

  it('is opened beside a category that is full, as closed as in it', async () => {
    const server = await discord();
    const overwrites = [
      { id: known.guild, type: 0, allow: 0n, deny: right.viewChannel },
      { id: known.bot, type: 1, allow: right.viewChannel, deny: 0n },
    ];
    server.world.channels.get(known.category)!.overwrites.push(...overwrites);
    for (let n = 0; n < 50; n += 1) {
      const id = server.world.newId();
      server.world.channels.set(id, newChannel({ id, type: 0, name: `old-${n}`, parentId: known.category }));
    }
    const room = await open(server);
    expect(server.world.channels.get(room.id)).toMatchObject({ parentId: null, overwrites });
  });

  it('is opened outside of any category where none is named', async () => {
    const server = await discord();
    const room = await valueOf(rooms.ensure(callWith(botConfig(server)), look, incident));
    expect(server.world.channels.get(room.id)!.parentId).toBeNull();
  });

  it('invites whose account is linked, mentions them once, and says who is missing', async () => {
    const server = await discord();
    const room = await open(server);
    const strangers = [person('carol', null), person('dave', known.stranger), person('eve', 'eve@chat')];
    const invite = () => valueOf(rooms.invite(callWith(withCategory(server)), room, [ann, ...strangers, bob]));
    expect(await invite()).toEqual(strangers);
    expect(await invite()).toEqual(strangers);
    expect(server.world.messages).toMatchObject([{ channelId: room.id, pinged: [known.ann, known.bob] }]);
    expect(server.requests.filter(({ line }) => line.startsWith('PUT'))).toHaveLength(2);
  });

  it('is described in its topic, which keeps the mark; what is there already is not written again', async () => {
    const server = await discord();
    const room = await open(server);
    const links = [
      { title: 'Incident', url: incident.url },
      { title: 'Huge', url: `https://example.com/${'x'.repeat(1_000)}` },
      { title: 'Runbook', url: 'https://wiki.example.com/redis' },
    ];
    const describe = (topic: string) => outcomeOf(rooms.describe(callWith(withCategory(server)), room, { ...look, topic, links }));
    expect(await describe('SEV1 · @everyone Redis is down')).toMatchObject({ ok: true });
    expect(server.world.channels.get(room.id)!.topic).toBe(
      `SEV1 · \\@everyone Redis is down\nIncident: ${incident.url}\nRunbook: https://wiki.example.com/redis\nIMAS ${incident.id}`,
    );
    for (let n = 0; n < 3; n += 1) await describe('SEV1 · @everyone Redis is down');
    expect(server.requests.filter(({ line }) => line.startsWith('PATCH'))).toHaveLength(1);
    expect((await open(server)).id).toBe(room.id);
    await describe('SEV2');
    expect(await describe('x'.repeat(2_000))).toMatchObject({ ok: false, permanent: false, retryAfterMs: expect.any(Number) });
  });

  it('takes messages, which are pinned', async () => {
    const server = await discord();
    const room = await open(server);
    const message = await valueOf(rooms.post(callWith(withCategory(server)), room, about));
    for (let n = 0; n < 2; n += 1) await valueOf(rooms.pin(callWith(withCategory(server)), room, message));
    expect(server.world.messages).toMatchObject([{ channelId: room.id, isPinned: true }]);
    expect(message.id).toBe(`${room.id}/${server.world.messages[0]!.id}`);
  });

  it('is closed: nobody writes any more, and everybody reads', async () => {
    const server = await discord();
    const room = await open(server);
    await valueOf(rooms.invite(callWith(withCategory(server)), room, [ann]));
    for (let n = 0; n < 2; n += 1) await valueOf(rooms.close(callWith(withCategory(server)), room));
    const both = [known.ann, known.bob];
    expect(both.map((who) => may(server, room.id, who, 'viewChannel'))).toEqual([true, true]);
    expect(both.map((who) => may(server, room.id, who, 'sendMessages') || may(server, room.id, who, 'sendInThreads'))).toEqual([
      false,
      false,
    ]);
    expect(server.requests.filter(({ line }) => line.startsWith('PUT'))).toHaveLength(3);
  });
});

describe('a permission that is missing costs its own step', () => {
  const steps = {
    ensure: (server: Discord, _room: string) =>
      outcomeOf(rooms.ensure(callWith(withCategory(server)), look, { ...incident, id: '11111111-2222-4333-8444-555555555555' })),
    describe: (server: Discord, room: string) => outcomeOf(rooms.describe(callWith(withCategory(server)), ref(room), look)),
    invite: (server: Discord, room: string) => outcomeOf(rooms.invite(callWith(withCategory(server)), ref(room), [ann])),
    post: (server: Discord, room: string) => outcomeOf(rooms.post(callWith(withCategory(server)), ref(room), about)),
    pin: (server: Discord, room: string) =>
      outcomeOf(rooms.pin(callWith(withCategory(server)), ref(room), ref(`${room}/${server.world.messages[0]!.id}`))),
    close: (server: Discord, room: string) => outcomeOf(rooms.close(callWith(withCategory(server)), ref(room))),
  };
  const ref = (id: string) => ({ id, url: null, receipt: null });

  it.each<[Right, readonly (keyof typeof steps)[]]>([
    ['manageChannels', ['ensure', 'describe']],
    ['manageRoles', ['invite', 'close']],
    ['pinMessages', ['pin']],
    ['manageMessages', []],
  ])('%s', async (name, failing) => {
    const server = await discord();
    const room = await open(server);
    await valueOf(rooms.post(callWith(withCategory(server), { actId: 'act-0' }), room, about));
    for (const role of server.world.roles.values()) role.permissions &= ~right[name];
    const failed: string[] = [];
    for (const [step, work] of Object.entries(steps)) {
      const outcome = await work(server, room.id);
      if (outcome.ok) continue;
      failed.push(step);
      expect(outcome).toMatchObject({
        permanent: true,
        reason: 'Discord: “Missing Permissions” (50013).',
        cure: expect.stringContaining('permissions'),
      });
    }
    expect(failed).toEqual(failing);
  });
});

it.each([
  ['a webhook alone', (server: Discord) => webhookConfig(server), /War rooms need a bot/],
  ['a category that is none', (server: Discord) => botConfig(server, { incidents_category_id: known.alerts }), /There is no category/],
])('none is opened with %s', async (_, config, reason) => {
  const server = await discord();
  expect(await outcomeOf(rooms.ensure(callWith(config(server)), look, incident))).toMatchObject({
    ok: false,
    permanent: true,
    reason: expect.stringMatching(reason),
    cure: expect.any(String),
  });
});

it('none is opened on a server that is full', async () => {
  const server = await discord();
  while (server.world.channels.size < 500) {
    const id = server.world.newId();
    server.world.channels.set(id, newChannel({ id, type: 0, name: 'old' }));
  }
  expect(await outcomeOf(rooms.ensure(callWith(withCategory(server)), look, incident))).toMatchObject({
    permanent: true,
    cure: 'Delete old channels: a server holds 500.',
  });
});
