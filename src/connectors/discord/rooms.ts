import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Rooms } from '../connector.ts';
import { done, failedForGood, type Outcome } from '../outcome.ts';
import { apiOf, botOf, type Bot, type DiscordConfig } from './config.ts';
import { attempt } from './failure.ts';
import { inviteInto } from './invite.ts';
import { messageBody } from './message.ts';
import { withoutWriting } from './overwrites.ts';
import { permission } from './permissions.ts';
import { postToChannel } from './post.ts';
import { readSent, roomRef } from './ref.ts';
import { openApi, type Api } from './rest.ts';
import { ensureRoom } from './room-making.ts';
import { topicOf } from './room-topic.ts';
import { ChannelShape, UserShape } from './shapes.ts';

/** A room is a text channel of the server. */
export const rooms: Rooms<DiscordConfig> = {
  ensure: (call, look, incident) => withBot(call, async (api, bot) => ensureRoom(api, bot, look, incident)),

  // Discord bears two changes of a topic in ten minutes: what is there already is not written again.
  describe: (call, room, look) =>
    withBot(call, async ({ rest, routes }) => {
      const { topic } = ChannelShape.parse(await rest.get(routes.channel(room.id)));
      const wanted = topicOf(look, topic);
      if (wanted !== topic) await rest.patch(routes.channel(room.id), { body: { topic: wanted } });
      return done(room);
    }),

  invite: (call, room, members) => withBot(call, async (api, bot) => done(await inviteInto(call, api, bot, room.id, members))),

  post: (call, room, about) =>
    withBot(call, async (api, bot) => done(await postToChannel(call, api, bot.guildId, room.id, messageBody(about, true)))),

  pin: async (call, _room, message) => {
    const sent = readSent(message);
    if (sent?.by !== 'bot') return failedForGood(said('cause.discord.unknownMessage'));
    return withBot(call, async ({ rest, routes }) => {
      await rest.put(routes.channelMessagesPin(sent.channel, sent.message));
      return done(message);
    });
  },

  close: (call, room) =>
    withBot(call, async ({ rest, routes }, bot) => {
      const { id: botId } = UserShape.parse(await rest.get(routes.user()));
      const { permission_overwrites: overwrites } = ChannelShape.parse(await rest.get(routes.channel(room.id)));
      const writing = permission.sendMessages | permission.sendInThreads;
      for (const { id, ...body } of withoutWriting(overwrites, bot.guildId, botId, writing))
        await rest.put(routes.channelPermission(room.id, id), { body });
      return done(roomRef(bot.guildId, room.id));
    }),
};

async function withBot<T>(call: Call<DiscordConfig>, work: (api: Api, bot: Bot) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const bot = botOf(call.config);
  if (bot === null) return failedForGood(said('cause.discord.needsBotForRooms'), { cure: said('cure.discord.enterBot') });
  return attempt(call, async () => work(await openApi(call, apiOf(call.config), bot.token), bot));
}
