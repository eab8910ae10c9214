import { z } from 'zod';
import { parse, readBlocks } from './block-kit.ts';
import { callsIn, isEscaped, mrkdwnIn } from './calls.ts';
import { channelOf, isMember, type App, type Method } from './method.ts';
import { refuse } from './refusal.ts';
import type { Channel, Message, Metadata } from './workspace.ts';

type Args = Readonly<Record<string, string | undefined>>;
const bool = z.enum(['true', 'false']);
const text = {
  text: z.string().optional(),
  blocks: z.string().optional(),
  parse: z.enum(['none', 'full']).optional(),
};

const Metadata = z.strictObject({
  event_type: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  event_payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())])),
});

function readMetadata(given: string | undefined): Metadata | null {
  if (given === undefined) return null;
  const { success, data } = Metadata.safeParse(parse(given));
  return success ? data : refuse('invalid_metadata_format');
}

function content({ text: words = '', blocks: given, parse: mode }: Args, defaultParse: string) {
  const blocks = readBlocks(given);
  if (words === '' && blocks.length === 0) refuse('no_text');
  // Slack would show `<` and `&` as they are, or take them for something else: a fault of whoever sends it.
  if (![words, ...mrkdwnIn(blocks)].every(isEscaped)) refuse('invalid_blocks', { errors: ['not escaped'] });
  return { text: words, blocks, calls: callsIn(words, blocks, mode ?? defaultParse) };
}

/** An id, a name with or without `#`, or a member's id. */
function destination(app: App, given: string | undefined): Channel {
  const { workspace } = app;
  const to = given ?? '';
  const member = workspace.members.get(to);
  if (member !== undefined) return workspace.direct(member.id);
  const named = [...workspace.channels.values()].find(({ name, kind }) => kind !== 'im' && name === to.replace(/^#/, ''));
  const channel = named ?? channelOf(app, to);
  if (channel.kind === 'private' && !isMember(app, channel)) refuse('channel_not_found');
  if (channel.isArchived) refuse('is_archived');
  if (!isMember(app, channel) && !app.scopes.has('chat:write.public')) refuse('not_in_channel');
  return channel;
}

export const shown = (app: App, message: Message, withMetadata: boolean) => ({
  type: 'message',
  user: message.user,
  ...(message.isBots && { bot_id: 'B0BOT', app_id: 'A0APP' }),
  team: app.workspace.teamId,
  ts: message.ts,
  text: message.text,
  blocks: message.blocks,
  ...(message.threadTs !== null && { thread_ts: message.threadTs }),
  ...(message.metadata !== null && { metadata: withMetadata ? message.metadata : { event_type: message.metadata.event_type } }),
});

const postMessage: Method = {
  token: 'bot',
  scopes: () => ['chat:write'],
  takes: z.strictObject({
    channel: z.string(),
    ...text,
    metadata: z.string().optional(),
    thread_ts: z.string().optional(),
    reply_broadcast: bool.optional(),
    unfurl_links: bool.optional(),
    unfurl_media: bool.optional(),
    mrkdwn: bool.optional(),
    link_names: bool.optional(),
  }) as Method['takes'],
  run(args, app) {
    const channel = destination(app, args['channel']);
    const written = content(args, 'none');
    const threadTs = args['thread_ts'] ?? null;
    if (threadTs !== null && !channel.messages.some(({ ts }) => ts === threadTs)) refuse('thread_not_found');
    const { workspace } = app;
    const message: Message = {
      ts: workspace.ts(),
      user: workspace.bot.id,
      isBots: true,
      ...written,
      threadTs,
      metadata: readMetadata(args['metadata']),
      editedAt: null,
    };
    channel.messages.push(message);
    return { channel: channel.id, ts: message.ts, message: shown(app, message, true) };
  },
};

const update: Method = {
  token: 'bot',
  scopes: () => ['chat:write'],
  takes: z.strictObject({
    channel: z.string(),
    ts: z.string(),
    ...text,
    metadata: z.string().optional(),
    link_names: bool.optional(),
  }) as Method['takes'],
  run(args, app) {
    const { channel: id = '', ts } = args;
    // "For direct messages, ensure that this value is a DM ID instead of a User ID."
    const channel = channelOf(app, id);
    const message = channel.messages.find((one) => one.ts === ts) ?? refuse('message_not_found');
    if (message.user !== app.workspace.bot.id) refuse('cant_update_message');
    if (channel.isArchived) refuse('is_inactive');
    const written = content(args, 'client');
    if (written.text.length > 4000) refuse('msg_too_long');
    const metadata = args['metadata'] === undefined ? message.metadata : readMetadata(args['metadata']);
    Object.assign(message, written, { metadata, editedAt: app.workspace.ts() });
    return { channel: channel.id, ts: message.ts, text: message.text, message: shown(app, message, true) };
  },
};

const postEphemeral: Method = {
  token: 'bot',
  scopes: () => ['chat:write'],
  takes: z.strictObject({ channel: z.string(), user: z.string(), ...text, thread_ts: z.string().optional() }) as Method['takes'],
  run(args, app) {
    const channel = destination(app, args['channel']);
    const user = args['user'] ?? '';
    if (!channel.members.has(user)) refuse('user_not_in_channel');
    const { text: words } = content(args, 'none');
    app.workspace.screen(user).whispers.push({ channel: channel.id, threadTs: args['thread_ts'] ?? null, text: words });
    return { message_ts: app.workspace.ts() };
  },
};

export const chat: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
};
