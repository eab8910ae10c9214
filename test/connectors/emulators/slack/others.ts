import { z } from 'zod';
import { parse, readModal } from './block-kit.ts';
import { channelOf, isMember, type App, type Method } from './method.ts';
import { refuse } from './refusal.ts';
import type { Member, UserGroup } from './workspace.ts';

const takes = (shape: z.ZodRawShape): Method['takes'] => z.strictObject(shape) as unknown as Method['takes'];
const needs =
  (...scopes: string[]) =>
  () =>
    scopes;

const user = ({ id, name, realName, email, isDeleted }: Member, { scopes }: App) => ({
  id,
  name,
  real_name: realName,
  deleted: isDeleted,
  profile: { real_name: realName, display_name: '', ...(scopes.has('users:read.email') && email !== null && { email }) },
});

const group = ({ id, handle, users }: UserGroup) => ({ id, handle, is_usergroup: true, users, user_count: users.length });

/** docs.slack.dev/reference/methods/bookmarks.add: a title of 256 characters, an address of 2,048. */
const title = z.string().min(1).max(256);
const link = z.string().max(2048);

function bookmarksOf(app: App, id: string | undefined) {
  const channel = channelOf(app, id);
  return isMember(app, channel) ? channel.bookmarks : refuse('channel_not_found');
}

const checkedLink = (given: string | undefined): string => (/^https?:\/\//.test(given ?? '') ? given! : refuse('invalid_link'));

export const others: Readonly<Record<string, Method>> = {
  'auth.test': {
    token: 'bot',
    scopes: needs(),
    takes: takes({}),
    run: (_, { workspace: { teamId, bot } }) => ({
      url: 'https://acme.slack.com/',
      team: 'Acme',
      user: bot.name,
      team_id: teamId,
      user_id: bot.id,
      bot_id: 'B0BOT',
    }),
  },
  'users.lookupByEmail': {
    token: 'bot',
    scopes: needs('users:read.email'),
    takes: takes({ email: z.string() }),
    run({ email }, app) {
      const found = [...app.workspace.members.values()].find((member) => member.email === email && !member.isDeleted);
      return found === undefined ? refuse('users_not_found') : { user: user(found, app) };
    },
  },
  'users.info': {
    token: 'bot',
    scopes: needs('users:read'),
    takes: takes({ user: z.string() }),
    run: ({ user: id = '' }, app) => ({ user: user(app.workspace.members.get(id) ?? refuse('user_not_found'), app) }),
  },
  'pins.add': {
    token: 'bot',
    scopes: needs('pins:write'),
    takes: takes({ channel: z.string(), timestamp: z.string() }),
    run({ channel: id, timestamp = '' }, app) {
      const channel = channelOf(app, id);
      if (!isMember(app, channel)) refuse('not_in_channel');
      if (!channel.messages.some(({ ts }) => ts === timestamp)) refuse('message_not_found');
      if (channel.pins.includes(timestamp)) refuse('already_pinned');
      channel.pins.push(timestamp);
      return {};
    },
  },
  'bookmarks.list': {
    token: 'bot',
    scopes: needs('bookmarks:read'),
    takes: takes({ channel_id: z.string() }),
    run: ({ channel_id }, app) => ({ bookmarks: bookmarksOf(app, channel_id).map((one) => ({ ...one, type: 'link' })) }),
  },
  'bookmarks.add': {
    token: 'bot',
    scopes: needs('bookmarks:write'),
    takes: takes({ channel_id: z.string(), title, link, type: z.literal('link') }),
    run({ channel_id, title: name = '', link: address }, app) {
      const bookmark = { id: app.workspace.id('Bk'), title: name, link: checkedLink(address) };
      bookmarksOf(app, channel_id).push(bookmark);
      return { bookmark };
    },
  },
  'bookmarks.edit': {
    token: 'bot',
    scopes: needs('bookmarks:write'),
    takes: takes({ channel_id: z.string(), bookmark_id: z.string(), title: title.optional(), link: link.optional() }),
    run({ channel_id, bookmark_id, title: name, link: address }, app) {
      const bookmark = bookmarksOf(app, channel_id).find(({ id }) => id === bookmark_id) ?? refuse('not_found');
      if (name !== undefined) bookmark.title = name;
      if (address !== undefined) bookmark.link = checkedLink(address);
      return { bookmark };
    },
  },
  'usergroups.list': {
    token: 'bot',
    scopes: needs('usergroups:read'),
    takes: takes({}),
    run: (_, { workspace }) => ({ usergroups: [...workspace.groups.values()].map(group) }),
  },
  'usergroups.users.update': {
    token: 'bot',
    scopes: needs('usergroups:write'),
    takes: takes({ usergroup: z.string(), users: z.string() }),
    run({ usergroup = '', users = '' }, { workspace }) {
      const known = workspace.groups.get(usergroup) ?? refuse('no_such_subteam');
      const wanted = users.split(',').filter((id) => id !== '');
      if (wanted.length === 0) refuse('no_users_provided');
      if (wanted.some((id) => workspace.members.get(id)?.isDeleted !== false)) refuse('invalid_users');
      known.users = wanted;
      return { usergroup: group(known) };
    },
  },
  'views.open': {
    token: 'bot',
    scopes: needs(),
    takes: takes({ trigger_id: z.string(), view: z.string() }),
    run({ trigger_id = '', view = '' }, app) {
      const trigger = app.triggers.get(trigger_id) ?? refuse('invalid_trigger_id');
      if (trigger.isUsed) refuse('exchanged_trigger_id');
      if (Date.now() - trigger.madeAtMs > 3_000) refuse('expired_trigger_id');
      const modal = readModal(parse(view));
      trigger.isUsed = true;
      const shown = { ...modal, id: app.workspace.id('V') };
      app.workspace.screen(trigger.user).modal = shown;
      return { view: shown };
    },
  },
  'apps.connections.open': {
    token: 'app',
    scopes: needs(),
    takes: takes({}),
    run: (_, app) => ({ url: app.socketUrl() }),
  },
};
