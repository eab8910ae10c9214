import type { Channel, World } from './world.ts';

/** docs.discord.com/developers/topics/permissions, as of 2026: pins are a right of their own. */
export const right = {
  administrator: 1n << 3n,
  manageChannels: 1n << 4n,
  addReactions: 1n << 6n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  readHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  manageRoles: 1n << 28n,
  sendInThreads: 1n << 38n,
  pinMessages: 1n << 51n,
} as const;
export type Right = keyof typeof right;

/** By the pseudocode of that page, step by step. */
export function rightsOnServer({ guild, members, roles }: World, userId: string): bigint {
  const member = members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return ~0n;
  let held = roles.get(guild.id)?.permissions ?? 0n;
  for (const role of member.roles) held |= roles.get(role)?.permissions ?? 0n;
  return (held & right.administrator) === 0n ? held : ~0n;
}

export function rightsIn(world: World, channel: Channel, userId: string): bigint {
  const onServer = rightsOnServer(world, userId);
  if (onServer === ~0n) return onServer;
  let held = onServer;
  const own = world.members.get(userId)?.roles ?? [];
  const everybody = channel.overwrites.find(({ id }) => id === world.guild.id);
  if (everybody !== undefined) held = (held & ~everybody.deny) | everybody.allow;
  let [allow, deny] = [0n, 0n];
  for (const overwrite of channel.overwrites) {
    if (overwrite.type !== 0 || !own.includes(overwrite.id)) continue;
    allow |= overwrite.allow;
    deny |= overwrite.deny;
  }
  held = (held & ~deny) | allow;
  const personal = channel.overwrites.find(({ id, type }) => type === 1 && id === userId);
  if (personal !== undefined) held = (held & ~personal.deny) | personal.allow;
  if ((held & right.viewChannel) === 0n) return 0n;
  return (held & right.sendMessages) === 0n ? held & ~(right.embedLinks | right.mentionEveryone) : held;
}

export const may = (world: World, channel: Channel, userId: string, what: Right): boolean =>
  (rightsIn(world, channel, userId) & right[what]) !== 0n;
