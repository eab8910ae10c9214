import { ChannelCreate, ChannelEdit, DirectChannel, OverwriteEdit } from './bodies.ts';
import { seen } from './messages.ts';
import { invalidForm, limited, parse, refuse } from './refusal.ts';
import { may, right, rightsIn, rightsOnServer } from './rights.ts';
import { channelOf } from './shown.ts';
import { known, newChannel, type Overwrite, type World } from './world.ts';

const mostOnServer = 500;
const mostInCategory = 50;

export function createChannel(world: World, json: unknown): object {
  const held = rightsOnServer(world, known.bot);
  if ((held & right.manageChannels) === 0n) refuse(50013);
  const body = parse(ChannelCreate, json);
  if (world.channels.size >= mostOnServer) refuse(30013);
  const parent = body.parent_id == null ? null : world.channels.get(body.parent_id);
  if (parent === undefined || (parent !== null && parent.type !== 4))
    return invalidForm([{ path: ['parent_id'], code: 'CHANNEL_PARENT_INVALID', message: 'Category does not exist' }]);
  const siblings = [...world.channels.values()].filter(({ parentId }) => parentId !== null && parentId === parent?.id);
  if (siblings.length >= mostInCategory)
    return invalidForm([
      { path: ['parent_id'], code: 'CHANNEL_PARENT_MAX_CHANNELS', message: 'Maximum number of channels in category reached (50)' },
    ]);
  const given = body.permission_overwrites ?? null;
  const overwrites = given?.map(({ id, type, allow, deny }) => ({ id, type, allow: BigInt(allow ?? '0'), deny: BigInt(deny ?? '0') }));
  for (const overwrite of overwrites ?? []) validate(overwrite, held);
  const channel = newChannel({
    id: world.newId(),
    type: body.type ?? 0,
    name: body.name.toLowerCase().replaceAll(/\s+/g, '-'),
    topic: body.topic ?? null,
    parentId: parent?.id ?? null,
    // Without any of its own a channel is synchronised with its category.
    overwrites: overwrites ?? [...(parent?.overwrites ?? [])],
  });
  world.channels.set(channel.id, channel);
  world.tell('CHANNEL_CREATE', channelOf(world, channel));
  return channelOf(world, channel);
}

/** "Only permissions your bot has in the guild can be allowed/denied": nobody gives more than they have. */
function validate({ allow, deny }: Overwrite, held: bigint): void {
  if (((allow | deny) & ~held) !== 0n) refuse(50013);
}

/** "You can only change a channel's name and topic twice per ten minutes": unwritten, and so in discord.js (`hasSublimit`). */
const renames = { most: 2, withinMs: 10 * 60_000 };

export function editChannel(world: World, id: string, json: unknown): object {
  const channel = seen(world, id);
  if (!may(world, channel, known.bot, 'manageChannels')) refuse(50013);
  const body = parse(ChannelEdit, json);
  const recent = channel.renamedAtMs.filter((at) => Date.now() - at < renames.withinMs);
  if (recent.length >= renames.most) throw limited((recent[0]! + renames.withinMs - Date.now()) / 1000, 'shared');
  channel.renamedAtMs.push(Date.now());
  if (body.name !== undefined) channel.name = body.name;
  if (body.topic !== undefined) channel.topic = body.topic;
  world.tell('CHANNEL_UPDATE', channelOf(world, channel));
  return channelOf(world, channel);
}

export function setOverwrite(world: World, channelId: string, id: string, json: unknown): void {
  const channel = seen(world, channelId);
  if (channel.recipient !== null) refuse(50024);
  if (!may(world, channel, known.bot, 'manageRoles')) refuse(50013);
  const body = parse(OverwriteEdit, json);
  const overwrite = { id, type: body.type, allow: BigInt(body.allow ?? '0'), deny: BigInt(body.deny ?? '0') };
  const parent = channel.parentId === null ? undefined : world.channels.get(channel.parentId);
  validate(overwrite, rightsOnServer(world, known.bot) | (parent === undefined ? 0n : rightsIn(world, parent, known.bot)));
  channel.overwrites = [...channel.overwrites.filter((one) => one.id !== id), overwrite];
  world.tell('CHANNEL_UPDATE', channelOf(world, channel));
}

export function openDirect(world: World, json: unknown): object {
  const { recipient_id: recipient } = parse(DirectChannel, json);
  const person = world.people.get(recipient) ?? refuse(50033);
  if (person.isBot) refuse(50007);
  const known = [...world.channels.values()].find((channel) => channel.recipient === recipient);
  const channel = known ?? newChannel({ id: world.newId(), type: 1, name: '', recipient });
  world.channels.set(channel.id, channel);
  return channelOf(world, channel);
}
