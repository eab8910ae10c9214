/** Bits by docs.discord.com/developers/topics/permissions. */
export const permission = {
  administrator: 1n << 3n,
  manageChannels: 1n << 4n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  mentionEveryone: 1n << 17n,
  manageRoles: 1n << 28n,
  sendInThreads: 1n << 38n,
  pinMessages: 1n << 51n,
} as const;

export interface Role {
  readonly id: string;
  readonly permissions: string;
}

/** For a role (type 0) or a member (type 1). */
export interface Overwrite {
  readonly id: string;
  readonly type: number;
  readonly allow: string;
  readonly deny: string;
}

export interface Holder {
  readonly userId: string;
  readonly roles: readonly string[];
}

const everything = (1n << 64n) - 1n;

/** What a member may do in the whole server: the role of everybody has the server's own id. */
export function permissionsInGuild(guild: { id: string; owner_id: string; roles: readonly Role[] }, { userId, roles }: Holder): bigint {
  if (guild.owner_id === userId) return everything;
  const sum = guild.roles
    .filter(({ id }) => id === guild.id || roles.includes(id))
    .reduce((bits, role) => bits | BigInt(role.permissions), 0n);
  return (sum & permission.administrator) === 0n ? sum : everything;
}

/** What is left of it in a channel: first the overwrite for everybody, then those for the roles together, then the member's own. */
export function permissionsIn(inGuild: bigint, guildId: string, overwrites: readonly Overwrite[], { userId, roles }: Holder): bigint {
  if ((inGuild & permission.administrator) !== 0n) return everything;
  const steps = [
    overwrites.filter(({ id }) => id === guildId),
    overwrites.filter(({ id, type }) => type === 0 && id !== guildId && roles.includes(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === userId),
  ];
  const bits = steps.reduce((left, some) => (left & ~sum(some, 'deny')) | sum(some, 'allow'), inGuild);
  if ((bits & permission.viewChannel) === 0n) return 0n;
  return (bits & permission.sendMessages) === 0n ? bits & ~(permission.embedLinks | permission.mentionEveryone) : bits;
}

const sum = (overwrites: readonly Overwrite[], side: 'allow' | 'deny'): bigint =>
  overwrites.reduce((bits, overwrite) => bits | BigInt(overwrite[side]), 0n);
