import { z } from 'zod';
import { isRoom } from './room-topic.ts';

const Place = z.object({ id: z.string(), parent_id: z.string().nullish(), topic: z.string().nullish() });
const Guild = z.object({ id: z.string(), channels: z.array(Place).default([]), threads: z.array(Place).default([]) });

/** Which channels are war rooms, as the Gateway tells of them. */
export interface RoomBook {
  /** Takes in what is about channels; all else means nothing to it. */
  note(event: string, data: unknown): void;
  /** Of a channel, or of a thread in it; null where it is no room. */
  roomOf(channel: string): string | null;
}

/** A room is what has our mark, or stands in the category: people may write over the mark, or move the room. */
export function createRoomBook(guildId: string, categoryId: string | null): RoomBook {
  const places = new Map<string, z.infer<typeof Place>>();
  const add = (place: z.infer<typeof Place>): void => void places.set(place.id, place);
  const isOne = ({ topic, parent_id }: z.infer<typeof Place>): boolean =>
    isRoom(topic) || (categoryId !== null && parent_id === categoryId);
  return {
    note(event, data) {
      if (event === 'GUILD_CREATE') {
        const guild = Guild.safeParse(data).data;
        if (guild?.id === guildId) for (const place of [...guild.channels, ...guild.threads]) add(place);
      }
      const place = Place.safeParse(data).data;
      if (place === undefined) return;
      if (/^(CHANNEL|THREAD)_(CREATE|UPDATE)$/.test(event)) add(place);
      if (/^(CHANNEL|THREAD)_DELETE$/.test(event)) places.delete(place.id);
    },
    roomOf(channel) {
      const place = places.get(channel);
      if (place === undefined) return null;
      if (isOne(place)) return place.id;
      const parent = places.get(place.parent_id ?? '');
      return parent !== undefined && isOne(parent) ? parent.id : null;
    },
  };
}
