import type { Call } from '../call.ts';
import type { Member } from '../connector.ts';
import type { Bot, DiscordConfig } from './config.ts';
import { refusalCode } from './failure.ts';
import { isIn, memberIn } from './overwrites.ts';
import { postToChannel } from './post.ts';
import type { Api } from './rest.ts';
import { ChannelShape } from './shapes.ts';
import { isSnowflake } from './snowflake.ts';

/**
 * Lets in whose account is linked and on the server, and mentions them: Discord tells nobody that a channel was opened to them. Those who are in
 * already are left alone.
 * @returns those who could not be invited
 */
export async function inviteInto(
  call: Call<DiscordConfig>,
  api: Api,
  bot: Bot,
  room: string,
  members: readonly Member[],
): Promise<readonly Member[]> {
  const { rest, routes } = api;
  const { permission_overwrites: overwrites } = ChannelShape.parse(await rest.get(routes.channel(room)));
  const missed: Member[] = [];
  const invited: string[] = [];
  for (const member of members) {
    const { accountId } = member;
    if (accountId === null || !isSnowflake(accountId) || !(await isOnServer(api, bot, accountId))) {
      missed.push(member);
    } else if (!isIn(overwrites, accountId) && !invited.includes(accountId)) {
      const { id, ...body } = memberIn(accountId);
      await rest.put(routes.channelPermission(room, id), { body });
      invited.push(accountId);
    }
  }
  if (invited.length > 0) {
    const content = invited
      .slice(0, mostMentioned)
      .map((id) => `<@${id}>`)
      .join(' ');
    await postToChannel(call, api, bot.guildId, room, { content, allowed_mentions: { parse: [], users: invited.slice(0, mostMentioned) } });
  }
  return missed;
}

/** An overwrite for somebody who is not there would be of no use. */
async function isOnServer({ rest, routes }: Api, { guildId }: Bot, person: string): Promise<boolean> {
  try {
    await rest.get(routes.guildMember(guildId, person));
    return true;
  } catch (error) {
    if (isNobody(await refusalCode(error))) return false;
    throw error;
  }
}

/** A message has 2,000 characters, and mentions 100 at most. */
const mostMentioned = 80;

const isNobody = (code: number | null): boolean => code === 10007 || code === 10013;
