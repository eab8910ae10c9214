import { z } from 'zod';
import type { Received } from '../connector.ts';
import type { Dispatch } from './gateway-connection.ts';
import { messageId, roomRef } from './ref.ts';
import type { RoomBook } from './room-book.ts';

const Author = z.object({ id: z.string(), username: z.string(), global_name: z.string().nullish(), bot: z.boolean().optional() });
const Nick = z.object({ nick: z.string().nullish() }).nullish();

/** docs.discord.com/developers/events/gateway-events. Content is empty without the intent for it. */
const Message = z.object({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string(),
  type: z.number(),
  author: Author,
  member: Nick,
  webhook_id: z.string().nullish(),
  content: z.string().default(''),
  attachments: z.array(z.object({ url: z.string() })).default([]),
  mentions: z.array(Author.extend({ member: Nick })).default([]),
  edited_timestamp: z.string().nullish(),
});
const Deleted = z.object({ id: z.string(), channel_id: z.string(), guild_id: z.string() });
const ManyDeleted = z.object({ ids: z.array(z.string()), channel_id: z.string(), guild_id: z.string() });
const Reaction = z.object({
  user_id: z.string(),
  channel_id: z.string(),
  message_id: z.string(),
  guild_id: z.string(),
  emoji: z.object({ name: z.string().nullable() }),
  member: z.object({ nick: z.string().nullish(), user: Author }).nullish(),
});

/** Written by a person: an ordinary message, or a reply. Others tell of pins, boosts, people who joined. */
const writtenTypes: ReadonlySet<number> = new Set([0, 19]);

/** Any other reaction says nothing to an incident. */
const marking = '📌';

/**
 * What people do in war rooms: they write, change or delete it, or mark what others wrote. Bots' own is left out, ours too.
 * @param ownId the bot's
 */
export function fromRooms({ name, data, id }: Dispatch, guildId: string, ownId: string | null, book: RoomBook): readonly Received[] {
  switch (name) {
    case 'MESSAGE_CREATE':
    case 'MESSAGE_UPDATE':
      return written(name === 'MESSAGE_UPDATE', data, guildId, book);
    case 'MESSAGE_DELETE': {
      const gone = Deleted.safeParse(data).data;
      return gone === undefined ? [] : deleted({ ...gone, ids: [gone.id] }, guildId, book);
    }
    case 'MESSAGE_DELETE_BULK': {
      const gone = ManyDeleted.safeParse(data).data;
      return gone === undefined ? [] : deleted(gone, guildId, book);
    }
    case 'MESSAGE_REACTION_ADD':
    case 'MESSAGE_REACTION_REMOVE':
      return marked(name === 'MESSAGE_REACTION_ADD', data, { id, guildId, ownId, book });
    default:
      return [];
  }
}

function written(isEdited: boolean, data: unknown, guildId: string, book: RoomBook): readonly Received[] {
  const message = Message.safeParse(data).data;
  if (message === undefined || message.guild_id !== guildId || !writtenTypes.has(message.type)) return [];
  if (message.author.bot === true || message.webhook_id != null) return [];
  // Discord also tells so of the preview that it adds to a link.
  if (isEdited && message.edited_timestamp == null) return [];
  const room = book.roomOf(message.channel_id);
  const text = textOf(message);
  if (room === null || text === '') return [];
  return [
    {
      id: isEdited ? `${message.id}/${message.edited_timestamp}` : message.id,
      accountId: message.author.id,
      accountName: nameOf(message.author, message.member),
      room: message.channel_id,
      what: {
        kind: isEdited ? 'comment_edited' : 'comment',
        room: roomRef(guildId, room),
        message: messageId(message.channel_id, message.id),
        text,
      },
    },
  ];
}

/** With the names of those who are mentioned, and the addresses of what is attached. */
function textOf({ content, mentions, attachments }: z.infer<typeof Message>): string {
  const names = new Map(mentions.map((person) => [person.id, nameOf(person, person.member)]));
  const named = content.replaceAll(/<@!?(\d{17,20})>/g, (mention, id: string) => (names.has(id) ? `@${names.get(id)}` : mention));
  return [named.trim(), ...attachments.map(({ url }) => url)].filter((part) => part !== '').join('\n');
}

const nameOf = ({ global_name, username }: z.infer<typeof Author>, member: z.infer<typeof Nick>): string =>
  member?.nick ?? global_name ?? username;

function deleted({ ids, channel_id, guild_id }: z.infer<typeof ManyDeleted>, guildId: string, book: RoomBook): readonly Received[] {
  const room = guild_id === guildId ? book.roomOf(channel_id) : null;
  if (room === null) return [];
  return ids.map((id) => ({
    id: `${id}/deleted`,
    accountId: null,
    accountName: null,
    room: channel_id,
    what: { kind: 'comment_deleted', room: roomRef(guildId, room), message: messageId(channel_id, id) },
  }));
}

interface Around {
  readonly id: string;
  readonly guildId: string;
  readonly ownId: string | null;
  readonly book: RoomBook;
}

/** A mark may be set, taken away and set again, so only the event's own number tells one from a repeat. */
function marked(isAdded: boolean, data: unknown, { id, guildId, ownId, book }: Around): readonly Received[] {
  const reaction = Reaction.safeParse(data).data;
  if (reaction === undefined || reaction.guild_id !== guildId || reaction.emoji.name !== marking) return [];
  if (reaction.user_id === ownId || reaction.member?.user.bot === true) return [];
  const room = book.roomOf(reaction.channel_id);
  if (room === null) return [];
  return [
    {
      id,
      accountId: reaction.user_id,
      accountName: reaction.member == null ? null : nameOf(reaction.member.user, reaction.member),
      room: reaction.channel_id,
      what: {
        kind: 'reaction',
        room: roomRef(guildId, room),
        message: messageId(reaction.channel_id, reaction.message_id),
        emoji: marking,
        isAdded,
      },
    },
  ];
}
