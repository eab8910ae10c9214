import { permission, type Overwrite } from './permissions.ts';

/** An overwrite that leaves a member in: what the invitation link grants is enough to give it, since a bot can give no more than it has. */
export const memberIn = (userId: string): Overwrite => ({
  id: userId,
  type: 1,
  allow: String(permission.viewChannel | permission.sendMessages),
  deny: '0',
});

/** A room for those alone who are invited. The role of everybody has the server's id. */
export const privateRoom = (guildId: string, botId: string): readonly Overwrite[] => [
  { id: guildId, type: 0, allow: '0', deny: String(permission.viewChannel) },
  memberIn(botId),
];

export const isIn = (overwrites: readonly Overwrite[], userId: string): boolean =>
  overwrites.some(({ id, allow }) => id === userId && (BigInt(allow) & permission.viewChannel) !== 0n);

/**
 * What must change so that nobody but the bot can write any more: nobody may by the role of everybody, and no other overwrite
 * allows it. Those that stay as they are, are left out.
 */
export function withoutWriting(overwrites: readonly Overwrite[], guildId: string, botId: string, writing: bigint): readonly Overwrite[] {
  const everybody = overwrites.find(({ id }) => id === guildId) ?? { id: guildId, type: 0, allow: '0', deny: '0' };
  const others = overwrites.filter(({ id, allow }) => id !== guildId && id !== botId && (BigInt(allow) & writing) !== 0n);
  const shut = (overwrite: Overwrite, deny: bigint): Overwrite => ({
    ...overwrite,
    allow: String(BigInt(overwrite.allow) & ~writing),
    deny: String(BigInt(overwrite.deny) | deny),
  });
  const isShut = (BigInt(everybody.deny) & writing) === writing && (BigInt(everybody.allow) & writing) === 0n;
  return [...(isShut ? [] : [shut(everybody, writing)]), ...others.map((overwrite) => shut(overwrite, 0n))];
}
