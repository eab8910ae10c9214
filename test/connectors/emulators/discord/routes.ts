import { Commands } from './bodies.ts';
import { createChannel, editChannel, openDirect, setOverwrite } from './channels.ts';
import { callBack, deleteOriginal, editOriginal } from './interactions.ts';
import { createMessage, editMessage, pinMessage, seen } from './messages.ts';
import { parse, refuse } from './refusal.ts';
import { channelOf, userOf } from './shown.ts';
import { editByWebhook, executeWebhook, showWebhook } from './webhooks.ts';
import { known, type World } from './world.ts';

export interface Asked {
  /** The parts of the path that are no fixed words, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly json: unknown;
  readonly gatewayUrl: string;
}

export interface Route {
  readonly method: string;
  /** Below `/api/v10`. */
  readonly path: RegExp;
  /** Whether the bot has to say who it is; otherwise the token stands in the path. */
  readonly isBots: boolean;
  readonly query?: readonly string[];
  /** 200, or 204 where there is nothing to say, when absent. */
  readonly status?: number;
  /** Undefined for an answer without a body. */
  answer(world: World, asked: Asked): object | undefined;
}

const id = String.raw`(\d{17,20})`;
const token = String.raw`([\w-]+)`;
const at = (...parts: string[]): RegExp => new RegExp(`^/${parts.join('/')}$`);
const bots = { isBots: true } as const;
const anybodys = { isBots: false } as const;

const onServer = ({ guild, members }: World, guildId: string): void => {
  if (guild.id !== guildId || !members.has(known.bot)) refuse(guild.id === guildId ? 50001 : 10004);
};

/** docs.discord.com/developers: those that are used here, and no others. */
export const routes: readonly Route[] = [
  { ...bots, method: 'GET', path: at('users', '@me'), answer: (world) => userOf(world, known.bot) },
  { ...bots, method: 'POST', path: at('users', '@me', 'channels'), answer: (world, { json }) => openDirect(world, json) },
  {
    ...bots,
    method: 'GET',
    path: at('applications', '@me'),
    answer: ({ application }) => ({
      id: application.id,
      name: 'IMAS',
      icon: null,
      type: null,
      description: '',
      redirect_uris: [],
      interactions_endpoint_url: null,
      role_connections_verification_url: null,
      flags: application.flags,
      flags_new: String(application.flags),
      verify_key: application.publicKey,
    }),
  },
  {
    ...bots,
    method: 'GET',
    path: at('guilds', id),
    answer(world, { ids: [guildId = ''] }) {
      onServer(world, guildId);
      const roles = [...world.roles].map(([role, { name, permissions }]) => ({ id: role, name, permissions: String(permissions) }));
      return { id: guildId, name: world.guild.name, owner_id: world.guild.ownerId, roles };
    },
  },
  {
    ...bots,
    method: 'GET',
    path: at('guilds', id, 'members', id),
    answer(world, { ids: [guildId = '', person = ''] }) {
      onServer(world, guildId);
      if (!world.people.has(person)) refuse(10013);
      const member = world.members.get(person) ?? refuse(10007);
      return {
        user: userOf(world, person),
        nick: member.nick,
        roles: member.roles,
        avatar: null,
        flags: 0,
        joined_at: null,
        pending: false,
      };
    },
  },
  {
    ...bots,
    method: 'GET',
    path: at('guilds', id, 'channels'),
    answer(world, { ids: [guildId = ''] }) {
      onServer(world, guildId);
      return [...world.channels.values()].filter(({ recipient }) => recipient === null).map((channel) => channelOf(world, channel));
    },
  },
  {
    ...bots,
    method: 'POST',
    path: at('guilds', id, 'channels'),
    status: 201,
    answer(world, { ids: [guildId = ''], json }) {
      onServer(world, guildId);
      return createChannel(world, json);
    },
  },
  { ...bots, method: 'GET', path: at('channels', id), answer: (world, { ids: [channel = ''] }) => channelOf(world, seen(world, channel)) },
  {
    ...bots,
    method: 'PATCH',
    path: at('channels', id),
    answer: (world, { ids: [channel = ''], json }) => editChannel(world, channel, json),
  },
  {
    ...bots,
    method: 'PUT',
    path: at('channels', id, 'permissions', id),
    answer: (world, { ids: [channel = '', who = ''], json }) => nothing(setOverwrite(world, channel, who, json)),
  },
  {
    ...bots,
    method: 'POST',
    path: at('channels', id, 'messages'),
    answer: (world, { ids: [channel = ''], json }) => createMessage(world, channel, json),
  },
  {
    ...bots,
    method: 'PATCH',
    path: at('channels', id, 'messages', id),
    answer: (world, { ids: [channel = '', message = ''], json }) => editMessage(world, channel, message, json),
  },
  {
    ...bots,
    method: 'PUT',
    path: at('channels', id, 'messages', 'pins', id),
    answer: (world, { ids: [channel = '', message = ''] }) => nothing(pinMessage(world, channel, message)),
  },
  {
    ...anybodys,
    method: 'GET',
    path: at('webhooks', id, token),
    answer: (world, { ids: [hook = '', key = ''] }) => showWebhook(world, hook, key),
  },
  {
    ...anybodys,
    method: 'POST',
    path: at('webhooks', id, token),
    query: ['wait', 'thread_id', 'with_components'],
    answer: (world, { ids: [hook = '', key = ''], query, json }) => executeWebhook(world, hook, key, query, json) ?? undefined,
  },
  {
    ...anybodys,
    method: 'PATCH',
    path: at('webhooks', id, token, 'messages', id),
    query: ['thread_id', 'with_components'],
    answer: (world, { ids: [hook = '', key = '', message = ''], query, json }) => editByWebhook(world, hook, key, message, query, json),
  },
  {
    ...anybodys,
    method: 'PATCH',
    path: at('webhooks', id, token, 'messages', '@original'),
    answer: (world, { ids: [application = '', key = ''], json }) => editOriginal(world, application, key, json),
  },
  {
    ...anybodys,
    method: 'DELETE',
    path: at('webhooks', id, token, 'messages', '@original'),
    answer: (world, { ids: [application = '', key = ''] }) => nothing(deleteOriginal(world, application, key)),
  },
  {
    ...anybodys,
    method: 'POST',
    path: at('interactions', id, token, 'callback'),
    answer: (world, { ids: [interaction = '', key = ''], json }) => nothing(callBack(world, interaction, key, json)),
  },
  {
    ...bots,
    method: 'GET',
    path: at('applications', id, 'guilds', id, 'commands'),
    answer: (world, { ids }) => commandsOf(world, ids),
  },
  {
    ...bots,
    method: 'PUT',
    path: at('applications', id, 'guilds', id, 'commands'),
    answer(world, { ids, json }) {
      commandsOf(world, ids);
      world.commands = parse(Commands, json);
      return commandsOf(world, ids);
    },
  },
  {
    ...bots,
    method: 'GET',
    path: at('gateway', 'bot'),
    answer: (world, { gatewayUrl }) => ({
      url: gatewayUrl,
      shards: 1,
      session_start_limit: {
        total: 1000,
        remaining: world.sessionsLeft,
        reset_after: world.sessionsLeft > 0 ? 80_000_000 : 50,
        max_concurrency: 1,
      },
    }),
  },
];

const nothing = (_done: void): undefined => undefined;

function commandsOf({ application, commands, guild }: World, [applicationId = '', guildId = '']: readonly string[]): readonly object[] {
  if (applicationId !== application.id || guildId !== guild.id || !application.scopes.has('applications.commands')) refuse(50001);
  return commands.map((command, n) => ({
    id: String(BigInt(application.id) + BigInt(n + 1)),
    application_id: application.id,
    version: '1',
    ...(command as object),
  }));
}
