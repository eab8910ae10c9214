import { said } from '../../domain/said.ts';
import type { Standing } from '../connector.ts';
import { permission } from './permissions.ts';

export type Lack = Standing['lacking'][number];

type Right = Exclude<keyof typeof permission, 'administrator' | 'sendInThreads'>;

/** What goes into a message. */
const forMessages: readonly Right[] = ['viewChannel', 'sendMessages', 'embedLinks', 'mentionEveryone'];
/** What a war room needs beside that. Pins had been a part of Manage Messages until February 2026. */
const forRooms: readonly Right[] = ['manageChannels', 'manageRoles', 'pinMessages'];

/** What is missing of it, each with what does not work without it. @param held bits, where rooms are opened or messages sent */
export const lackingForMessages = (held: bigint): readonly Lack[] => lackingOf(forMessages, held);
export const lackingForRooms = (held: bigint): readonly Lack[] => lackingOf([...forRooms, ...forMessages], held);

const lackingOf = (rights: readonly Right[], held: bigint): readonly Lack[] =>
  rights
    .filter((right) => !has(held, right) && isOfUse(held, right))
    .map((right) => {
      const name = said(`cause.discord.right.${right}`);
      return {
        reason: said('cause.discord.lacksRight', { right: name, lost: said(`cause.discord.lost.${right}`) }),
        cure: said('cure.discord.grant', { right: name }),
      };
    });

const has = (held: bigint, right: Right): boolean => (held & permission[right]) !== 0n;

/** Without the right to see, no other counts; without the right to write, none to what is written. */
const isOfUse = (held: bigint, right: Right): boolean =>
  right === 'viewChannel' ||
  (has(held, 'viewChannel') && (has(held, 'sendMessages') || !['embedLinks', 'mentionEveryone'].includes(right)));

/** Each once, though it is missing in several places. */
export function each(lacks: readonly Lack[]): readonly Lack[] {
  const seen = new Map(lacks.map((lack) => [JSON.stringify(lack), lack]));
  return [...seen.values()];
}
