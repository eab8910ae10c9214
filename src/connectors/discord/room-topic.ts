import type { RoomLook } from '../connector.ts';
import { oneLine } from '../notification-text.ts';
import { plain } from './plain.ts';

/** docs.discord.com/developers/resources/channel: a channel's topic. */
const longest = 1024;

/** By this line a room is found again: names are not unique, and people change them. */
export const markOf = (incidentId: string): string => `${marking}${incidentId}`;
const marking = 'IMAS ';

/** Null where a topic has none. */
function markIn(topic: string | null | undefined): string | null {
  const [, ...after] = (topic ?? '').split(marking);
  const id = after.map((part) => part.slice(0, 36)).find((part) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part));
  return id === undefined ? null : markOf(id);
}

export const isRoomOf = (topic: string | null | undefined, incidentId: string): boolean => topic?.includes(markOf(incidentId)) ?? false;
export const isRoom = (topic: string | null | undefined): boolean => markIn(topic) !== null;

/** Topic and links, as many as fit, and the mark that the room has. */
export function topicOf({ topic, links }: Pick<RoomLook, 'topic' | 'links'>, before: string | null | undefined): string {
  const last = markIn(before) ?? '';
  const lines = links.map(({ title, url }) => `${plain(oneLine(title), 100)}: ${url}`);
  const first = plain(oneLine(topic), 400);
  const room = longest - first.length - last.length - 2;
  const some = lines.reduce((text, line) => (text.length + line.length + 1 > room ? text : text === '' ? line : `${text}\n${line}`), '');
  return [first, some, last].filter((part) => part !== '').join('\n');
}

/** As Discord writes names itself: in small letters, joined; what it would take out or refuse never gets there. Up to 100 characters. */
export function channelName(name: string): string {
  const joined = name.toLowerCase().replaceAll(/[^\p{L}\p{N}_]+/gu, '-');
  return Array.from(joined).slice(0, 100).join('').replace(/^-/, '').replace(/-$/, '') || 'incident';
}
