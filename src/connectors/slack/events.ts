import { z } from 'zod';
import type { Received } from '../connector.ts';
import { messageId } from './refs.ts';
import type { Told, Way } from './told.ts';

/** docs.slack.dev/apis/events-api#callback-field. Whom it is for: `authorizations` names the bot. */
const Callback = z.object({
  type: z.literal('event_callback'),
  event_id: z.string().min(1),
  authorizations: z.array(z.object({ user_id: z.string().nullish() })).optional(),
  event: z.looseObject({ type: z.string() }),
});

/** docs.slack.dev/reference/events/message */
const Written = z.object({
  ts: z.string(),
  subtype: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  text: z.string().default(''),
  thread_ts: z.string().optional(),
  files: z.array(z.object({ name: z.string().nullish(), permalink: z.string().optional() })).optional(),
});
type Written = z.infer<typeof Written>;
const inChannel = { channel: z.string(), channel_type: z.string().optional() };
const Posted = Written.extend(inChannel);
const Changed = z.object({ ...inChannel, message: Written, previous_message: Written.partial().optional() });
const Deleted = z.object({ ...inChannel, deleted_ts: z.string(), previous_message: Written.partial().optional() });
/** docs.slack.dev/reference/events/reaction_added */
const Reaction = z.object({
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
});

type What = Received['what'];
interface Happened {
  readonly what: What;
  /** Where a command was given. */
  readonly channel?: string;
  readonly account: string | null;
  readonly way?: Way;
}

/** Null for what is none of ours: what bots write, joins and leaves, other reactions. */
export function readEvent(payload: unknown): Told | null {
  const { success, data } = Callback.safeParse(payload);
  if (!success) return null;
  const { event, event_id, authorizations = [] } = data;
  const happened = happenedBy(event, authorizations[0]?.user_id ?? null);
  if (happened === null) return null;
  const { what, account, channel = null, way = { kind: 'none' } } = happened;
  return { received: { id: event_id, accountName: null, accountId: account, room: channel, what }, way };
}

function happenedBy(event: { readonly type: string }, bot: string | null): Happened | null {
  switch (event.type) {
    case 'app_mention':
      return mention(Posted.safeParse(event).data, bot);
    case 'message':
      return message(event as { readonly subtype?: unknown }, bot);
    case 'reaction_added':
    case 'reaction_removed':
      return reaction(Reaction.safeParse(event).data, event.type === 'reaction_added');
    default:
      return null;
  }
}

function mention(posted: z.infer<typeof Posted> | undefined, bot: string | null): Happened | null {
  if (posted === undefined || posted.bot_id !== undefined || posted.user === undefined) return null;
  const { user, channel, thread_ts = null, text } = posted;
  const asked = bot === null ? text.replace(/^\s*<@[A-Z0-9]{1,40}>/, '') : text.replaceAll(`<@${bot}>`, ' ');
  return {
    what: { kind: 'command', text: asked.replaceAll(/\s+/g, ' ').trim() },
    account: user,
    channel,
    way: { kind: 'mention', account: user, channel, thread: thread_ts },
  };
}

/** Of people. `thread_broadcast` also stands in the channel, `file_share` has files: docs.slack.dev/reference/events/message#subtypes. */
const writtenByPeople: ReadonlySet<string | undefined> = new Set([undefined, 'thread_broadcast', 'file_share', 'me_message']);

const isBots = ({ bot_id, subtype }: { readonly bot_id?: string | undefined; readonly subtype?: string | undefined }): boolean =>
  bot_id !== undefined || subtype === 'bot_message';
const roomOf = (channel: string) => ({ id: channel, url: null, receipt: null });
const isDirect = ({ channel_type }: { readonly channel_type?: string | undefined }): boolean =>
  channel_type === 'im' || channel_type === 'mpim' || channel_type === 'app_home';

function message(event: { readonly subtype?: unknown }, bot: string | null): Happened | null {
  if (event.subtype === 'message_changed') return changed(Changed.safeParse(event).data);
  if (event.subtype === 'message_deleted') return deleted(Deleted.safeParse(event).data);
  const { data: posted } = Posted.safeParse(event);
  if (posted === undefined || isDirect(posted) || isBots(posted) || posted.user === undefined) return null;
  // What is said to the bot comes as `app_mention` too: a command is no comment.
  if (!writtenByPeople.has(posted.subtype) || (bot !== null && posted.text.trimStart().startsWith(`<@${bot}>`))) return null;
  const text = textOf(posted);
  if (text === '') return null;
  return {
    what: { kind: 'comment', room: roomOf(posted.channel), message: messageId(posted.channel, posted.ts), text },
    account: posted.user,
  };
}

/** Also comes when a link gets its preview: then the text is as before. A message with replies that is deleted leaves a `tombstone`. */
function changed(event: z.infer<typeof Changed> | undefined): Happened | null {
  if (event === undefined || isDirect(event) || isBots(event.message)) return null;
  const { channel, message: now, previous_message: before } = event;
  const place = { room: roomOf(channel), message: messageId(channel, now.ts) };
  if (now.subtype === 'tombstone') return { what: { kind: 'comment_deleted', ...place }, account: before?.user ?? null };
  if (!writtenByPeople.has(now.subtype) || now.text === before?.text) return null;
  return { what: { kind: 'comment_edited', ...place, text: textOf(now) }, account: now.user ?? null };
}

function deleted(event: z.infer<typeof Deleted> | undefined): Happened | null {
  if (event === undefined || isDirect(event) || isBots(event.previous_message ?? {})) return null;
  const { channel, deleted_ts, previous_message } = event;
  return {
    what: { kind: 'comment_deleted', room: roomOf(channel), message: messageId(channel, deleted_ts) },
    account: previous_message?.user ?? null,
  };
}

/** With its files, which Slack keeps: their addresses. */
const textOf = ({ text, files = [] }: Written): string =>
  [text.trim(), ...files.flatMap(({ name, permalink }) => (permalink === undefined ? [] : [`<${permalink}|${name ?? permalink}>`]))]
    .filter((part) => part !== '')
    .join('\n');

/** Those that mark something: docs.slack.dev/reference/events/reaction_added gives their names. */
const marks: ReadonlyMap<string, string> = new Map([['pushpin', '📌']]);

function reaction(event: z.infer<typeof Reaction> | undefined, isAdded: boolean): Happened | null {
  const emoji = event === undefined ? undefined : marks.get(event.reaction);
  if (event === undefined || emoji === undefined) return null;
  const { channel, ts } = event.item;
  return { what: { kind: 'reaction', room: roomOf(channel), message: messageId(channel, ts), emoji, isAdded }, account: event.user };
}
