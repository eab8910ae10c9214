import { z } from 'zod';
import { byKind, channelOf, conversation, isMember, type App, type Method } from './method.ts';
import { history } from './history.ts';
import { refuse } from './refusal.ts';
import type { Channel } from './workspace.ts';

const bool = z.enum(['true', 'false']);
const managing = byKind({ public: 'channels:manage', private: 'groups:write', im: 'im:write' });
const reading = byKind({ public: 'channels:read', private: 'groups:read', im: 'im:read' });
const takes = (shape: z.ZodRawShape): Method['takes'] => z.strictObject(shape) as unknown as Method['takes'];

/** A channel that the bot may work in. @throws Refusal */
function joined(app: App, id: string | undefined): Channel {
  const channel = channelOf(app, id);
  if (!isMember(app, channel)) refuse('not_in_channel');
  if (channel.isArchived) refuse('is_archived');
  return channel;
}

/** docs.slack.dev/reference/methods/conversations.create#naming */
function checkName(name: string): void {
  if (name === '') refuse('invalid_name_required');
  if (name.length > 80) refuse('invalid_name_maxlength');
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) refuse('invalid_name_specials');
  if (!/[\p{L}\p{N}]/u.test(name)) refuse('invalid_name_punctuation');
}

const create: Method = {
  token: 'bot',
  scopes: ({ is_private }) => [is_private === 'true' ? 'groups:write' : 'channels:manage'],
  takes: takes({ name: z.string(), is_private: bool.optional() }),
  run({ name = '', is_private }, app) {
    checkName(name);
    // Archived and private ones keep their names too.
    if ([...app.workspace.channels.values()].some((channel) => channel.name === name)) refuse('name_taken');
    return { channel: conversation(app, app.workspace.channel(name, { kind: is_private === 'true' ? 'private' : 'public' })) };
  },
};

const list: Method = {
  token: 'bot',
  // Each type has a scope of its own, and all that are asked for are needed.
  scopes: ({ types = 'public_channel' }, { scopes }) => {
    const wanted = types.split(',').map((type) => (type === 'private_channel' ? 'groups:read' : 'channels:read'));
    return [wanted.find((scope) => !scopes.has(scope)) ?? 'channels:read'];
  },
  takes: takes({
    types: z
      .string()
      .regex(/^((public|private)_channel)(,(public|private)_channel)?$/)
      .optional(),
    limit: z
      .string()
      .regex(/^\d{1,3}$/)
      .optional(),
    cursor: z.string().optional(),
    exclude_archived: bool.optional(),
  }),
  run({ types = 'public_channel', limit = '100', cursor, exclude_archived }, app) {
    const kinds = new Set(types.split(',').map((type) => (type === 'private_channel' ? 'private' : 'public')));
    const all = [...app.workspace.channels.values()].filter(
      (channel) =>
        kinds.has(channel.kind as 'public') &&
        (channel.kind === 'public' || isMember(app, channel)) &&
        !(exclude_archived === 'true' && channel.isArchived),
    );
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('team:', ''));
    if (!Number.isInteger(from)) refuse('invalid_cursor');
    const page = all.slice(from, from + Number(limit));
    const next = from + Number(limit) < all.length ? Buffer.from(`team:${from + Number(limit)}`).toString('base64') : '';
    return { channels: page.map((channel) => conversation(app, channel)), response_metadata: { next_cursor: next } };
  },
};

const info: Method = {
  token: 'bot',
  scopes: reading,
  takes: takes({ channel: z.string() }),
  run: ({ channel }, app) => ({ channel: conversation(app, channelOf(app, channel)) }),
};

const open: Method = {
  token: 'bot',
  scopes: () => ['im:write'],
  takes: takes({ users: z.string() }),
  run({ users = '' }, { workspace }) {
    if (users.includes(',')) refuse('too_many_users');
    const member = workspace.members.get(users) ?? refuse('user_not_found');
    if (member.isDeleted) refuse('user_disabled');
    return { channel: { id: workspace.direct(member.id).id } };
  },
};

const join: Method = {
  token: 'bot',
  scopes: () => ['channels:join'],
  takes: takes({ channel: z.string() }),
  run({ channel: id }, app) {
    const channel = channelOf(app, id);
    if (channel.kind !== 'public') refuse('method_not_supported_for_channel_type');
    if (channel.isArchived) refuse('is_archived');
    channel.members.add(app.workspace.bot.id);
    return { channel: conversation(app, channel) };
  },
};

const archive: Method = {
  token: 'bot',
  scopes: managing,
  takes: takes({ channel: z.string() }),
  run({ channel: id }, app) {
    const channel = channelOf(app, id);
    if (channel.isArchived) refuse('already_archived');
    if (!isMember(app, channel)) refuse('not_in_channel');
    channel.isArchived = true;
    return {};
  },
};

const setTopic: Method = {
  token: 'bot',
  scopes: managing,
  takes: takes({ channel: z.string(), topic: z.string() }),
  run({ channel: id, topic = '' }, app) {
    const channel = joined(app, id);
    if (topic.length > 250) refuse('too_long');
    channel.topic = topic;
    channel.topicsSet += 1;
    return { channel: conversation(app, channel) };
  },
};

const invite: Method = {
  token: 'bot',
  scopes: managing,
  takes: takes({ channel: z.string(), users: z.string(), force: bool.optional() }),
  run({ channel: id, users = '', force }, app) {
    const channel = joined(app, id);
    const wanted = users.split(',').filter((user) => user !== '');
    if (wanted.length === 0) refuse('no_user');
    if (wanted.length > 100) refuse('too_many_users');
    const errors = wanted.flatMap((user) => {
      const member = app.workspace.members.get(user);
      if (user === app.workspace.bot.id) return [{ user, ok: false, error: 'cant_invite_self' }];
      if (member === undefined || member.isDeleted) return [{ user, ok: false, error: 'user_not_found' }];
      return channel.members.has(user) ? [{ user, ok: false, error: 'already_in_channel' }] : [];
    });
    const failed = new Set(errors.map(({ user }) => user));
    if (errors.length === 0 || force === 'true') for (const user of wanted) if (!failed.has(user)) channel.members.add(user);
    if (errors.length > 0) refuse(errors[0]!.error, { errors });
    return { channel: conversation(app, channel) };
  },
};

export const conversations: Readonly<Record<string, Method>> = {
  'conversations.create': create,
  'conversations.list': list,
  'conversations.info': info,
  'conversations.open': open,
  'conversations.join': join,
  'conversations.archive': archive,
  'conversations.setTopic': setTopic,
  'conversations.invite': invite,
  ...history,
};
