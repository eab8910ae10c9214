import { z } from 'zod';
import { said } from '../../domain/said.ts';
import type { RoomLook } from '../connector.ts';
import type { IncidentSummary } from '../notification.ts';
import { done, failedForGood, type Outcome, type Ref } from '../outcome.ts';
import type { Bot } from './config.ts';
import { privateRoom } from './overwrites.ts';
import type { Overwrite } from './permissions.ts';
import { roomRef } from './ref.ts';
import type { Api } from './rest.ts';
import { channelName, isRoomOf, markOf } from './room-topic.ts';
import { ChannelShape, channelType, UserShape, type Channel } from './shapes.ts';

/** A category holds so many channels (support.discord.com, server limits). */
const mostInCategory = 50;

/** Finds the incident's room by its mark before it makes one. */
export async function ensureRoom(
  api: Api,
  bot: Bot,
  { name, isPrivate }: Pick<RoomLook, 'name' | 'isPrivate'>,
  { id, shortId }: Pick<IncidentSummary, 'id' | 'shortId'>,
): Promise<Outcome<Ref>> {
  const { rest, routes } = api;
  const channels = z.array(ChannelShape).parse(await rest.get(routes.guildChannels(bot.guildId)));
  const known = channels.find(({ type, topic }) => type === channelType.text && isRoomOf(topic, id));
  if (known !== undefined) return done(roomRef(bot.guildId, known.id));
  const place = placeIn(channels, bot.categoryId);
  if (place === null)
    return failedForGood(said('cause.discord.noCategory', { id: bot.categoryId ?? '' }), { cure: said('cure.discord.category') });
  const overwrites = isPrivate ? privateRoom(bot.guildId, await ownId(api)) : place.overwrites;
  const made = await rest.post(routes.guildChannels(bot.guildId), {
    body: {
      name: channelName(name),
      type: channelType.text,
      topic: `${shortId}\n${markOf(id)}`,
      ...(place.parent !== null && { parent_id: place.parent }),
      ...(overwrites.length > 0 && { permission_overwrites: overwrites }),
    },
  });
  return done(roomRef(bot.guildId, ChannelShape.parse(made).id));
}

/**
 * In the category, whose overwrites Discord gives to a channel that is made without any of its own; beside it, with the same overwrites, once it
 * is full. Null where the category is none.
 */
function placeIn(
  channels: readonly Channel[],
  categoryId: string | null,
): { readonly parent: string | null; readonly overwrites: readonly Overwrite[] } | null {
  if (categoryId === null) return { parent: null, overwrites: [] };
  const category = channels.find(({ id, type }) => id === categoryId && type === channelType.category);
  if (category === undefined) return null;
  const isFull = channels.filter(({ parent_id }) => parent_id === categoryId).length >= mostInCategory;
  return isFull ? { parent: null, overwrites: category.permission_overwrites } : { parent: categoryId, overwrites: [] };
}

async function ownId({ rest, routes }: Api): Promise<string> {
  return UserShape.parse(await rest.get(routes.user())).id;
}
