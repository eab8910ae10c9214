import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Standing } from '../connector.ts';
import { done, type Outcome } from '../outcome.ts';
import { apiOf, type Bot, type DiscordConfig } from './config.ts';
import { attempt, refusalCode } from './failure.ts';
import { hasMessageContent } from './intents.ts';
import { invitation } from './invitation.ts';
import { permissionsIn, permissionsInGuild, type Holder } from './permissions.ts';
import { openApi, type Api } from './rest.ts';
import { lackingForMessages, lackingForRooms, type Lack } from './rights.ts';
import { ApplicationShape, channelType, ChannelShape, GuildShape, MemberShape, UserShape, type Channel } from './shapes.ts';

type DiscordCall = Call<DiscordConfig>;
type Guild = ReturnType<typeof GuildShape.parse>;

/** The token, then the server, then what each feature needs there. */
export async function checkBot(call: DiscordCall, bot: Bot): Promise<Outcome<Standing>> {
  const api = await openApi(call, apiOf(call.config), bot.token);
  const { rest, routes } = api;
  const asked = await attempt(call, async () =>
    done({
      me: UserShape.parse(await rest.get(routes.user())),
      application: ApplicationShape.parse(await rest.get(routes.currentApplication())),
    }),
  );
  if (!asked.ok) return asked;
  const { me, application } = asked.value;
  // The invitation that cures name needs the application's id.
  const named = { ...call, config: { ...call.config, application_id: call.config.application_id ?? application.id } };
  return attempt(named, async () => {
    const guild = GuildShape.parse(await rest.get(routes.guild(bot.guildId)));
    const { roles } = MemberShape.parse(await rest.get(routes.guildMember(bot.guildId, me.id)));
    const holder = { userId: me.id, roles };
    const lacking = [
      ...(await lackingInCategory(named, api, bot, guild, holder)),
      ...(await lackingInChannel(named, api, bot, guild, holder)),
      ...(await lackingCommands(api, bot, named.config.application_id)),
      ...(hasMessageContent(application.flags) ? [] : [{ reason: said('cause.discord.lacksContent'), cure: said('cure.discord.content') }]),
    ];
    return done({ account: `${me.username} (${guild.name})`, lacking });
  });
}

/** War rooms have the rights of the category, or else of the server. */
async function lackingInCategory(call: DiscordCall, api: Api, bot: Bot, guild: Guild, holder: Holder): Promise<readonly Lack[]> {
  const inGuild = permissionsInGuild(guild, holder);
  const { categoryId } = bot;
  if (categoryId === null) return lackingForRooms(inGuild);
  const found = await channelOf(call, api, categoryId);
  const isCategory = found.ok && found.value.type === channelType.category && found.value.guild_id === bot.guildId;
  return isCategory
    ? lackingForRooms(permissionsIn(inGuild, guild.id, found.value.permission_overwrites, holder))
    : [{ reason: said('cause.discord.noCategory', { id: categoryId }), cure: said('cure.discord.category') }];
}

async function lackingInChannel(call: DiscordCall, api: Api, bot: Bot, guild: Guild, holder: Holder): Promise<readonly Lack[]> {
  const { defaultChannel: id } = bot;
  if (id === null) return [];
  const found = await channelOf(call, api, id);
  if (!found.ok) return [{ reason: found.reason, cure: found.cure ?? said('cure.discord.channel') }];
  const { guild_id, type, permission_overwrites } = found.value;
  if (guild_id !== bot.guildId) return [{ reason: said('cause.discord.otherServer', { id }), cure: said('cure.discord.channel') }];
  if (!writable.has(type)) return [{ reason: said('cause.discord.notText', { id }), cure: said('cure.discord.channelKind') }];
  // A thread has the overwrites of its channel, which are not in this answer.
  return isThread(type)
    ? []
    : lackingForMessages(permissionsIn(permissionsInGuild(guild, holder), guild.id, permission_overwrites, holder));
}

const isThread = (type: number): boolean => type >= 10 && type <= 12;
/** Text, voice, announcements, threads, stages: docs.discord.com/developers/resources/channel. A forum takes no messages of its own. */
const writable: ReadonlySet<number> = new Set([channelType.text, 2, channelType.announcement, 10, 11, 12, 13]);

/** A channel that is not there, or may not be seen, is not a failure of the whole. */
const channelOf = (call: DiscordCall, { rest, routes }: Api, id: string): Promise<Outcome<Channel>> =>
  attempt(call, async () => done(ChannelShape.parse(await rest.get(routes.channel(id)))));

async function lackingCommands({ rest, routes }: Api, { guildId }: Bot, applicationId: string): Promise<readonly Lack[]> {
  try {
    await rest.get(routes.applicationGuildCommands(applicationId, guildId));
    return [];
  } catch (error) {
    if ((await refusalCode(error)) !== missingAccess) throw error;
    const link = invitation(applicationId, 'bot+applications.commands');
    return [{ reason: said('cause.discord.lacksCommands'), cure: said('cure.discord.invite', { link }) }];
  }
}

const missingAccess = 50001;
