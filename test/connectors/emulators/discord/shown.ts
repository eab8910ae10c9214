import type { Channel, Message, World } from './world.ts';

/** What Discord answers, and tells over the Gateway: those fields that it always has. */
export function userOf({ people }: World, id: string) {
  const person = people.get(id);
  return {
    id,
    username: person?.username ?? 'webhook',
    discriminator: '0000',
    global_name: person?.globalName ?? null,
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
    ...(person?.isBot === true && { bot: true }),
  };
}

export function channelOf(world: World, channel: Channel) {
  const { id, type, name, topic, parentId, overwrites, recipient } = channel;
  if (recipient !== null) return { id, type, flags: 0, recipients: [userOf(world, recipient)] };
  return {
    id,
    type,
    flags: 0,
    guild_id: world.guild.id,
    name,
    position: 0,
    parent_id: parentId,
    ...(type === 0 && { topic }),
    permission_overwrites: overwrites.map(({ allow, deny, ...rest }) => ({ ...rest, allow: String(allow), deny: String(deny) })),
  };
}

export const messageOf = (world: World, message: Message) => ({
  id: message.id,
  channel_id: message.channelId,
  type: message.replyTo === null ? 0 : 19,
  author: userOf(world, message.authorId),
  content: message.content,
  embeds: message.embeds.map((embed) => ({ type: 'rich', ...(embed as object) })),
  components: numbered(message.components),
  attachments: [],
  mentions: message.pinged.filter((id) => id !== 'everyone').map((id) => userOf(world, id)),
  mention_roles: [],
  mention_everyone: message.pinged.includes('everyone'),
  timestamp: new Date(message.sentAtMs).toISOString(),
  edited_timestamp: message.isEdited ? new Date(message.sentAtMs).toISOString() : null,
  flags: 0,
  pinned: message.isPinned,
  tts: false,
  ...(message.webhookId !== null && { webhook_id: message.webhookId }),
  ...(message.nonce !== null && { nonce: message.nonce }),
});

/** Discord gives each row and button a number. */
function numbered(rows: readonly unknown[]): readonly object[] {
  let id = 0;
  return (rows as { components: object[] }[]).map((row) => ({
    ...row,
    id: (id += 1),
    components: row.components.map((button) => ({ ...button, id: (id += 1) })),
  }));
}

/** An event of the Gateway says where it happened. */
export function messageEvent(world: World, message: Message): object {
  const isOnServer = world.channels.get(message.channelId)?.recipient === null;
  const member = world.members.get(message.authorId);
  return {
    ...messageOf(world, message),
    ...(isOnServer && { guild_id: world.guild.id }),
    ...(member !== undefined && { member: { nick: member.nick, roles: member.roles } }),
  };
}
