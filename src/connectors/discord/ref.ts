import type { Ref } from '../outcome.ts';

/** A message that a bot wrote, `channel/message`, or a webhook, `webhook/<webhook>/<message>`. */
export type Sent =
  | { readonly by: 'bot'; readonly channel: string; readonly message: string }
  | { readonly by: 'webhook'; readonly webhook: string; readonly message: string };

export function readSent({ id }: Pick<Ref, 'id'>): Sent | null {
  const [first = '', second = '', third = ''] = id.split('/');
  if (first === 'webhook') return { by: 'webhook', webhook: second, message: third };
  return first === '' || second === '' ? null : { by: 'bot', channel: first, message: second };
}

/** A channel, or a message in it. @param guildId null for a conversation with one person */
export const linkTo = (guildId: string | null, ...path: readonly string[]): string =>
  ['https://discord.com/channels', guildId ?? '@me', ...path].join('/');

export const messageId = (channel: string, message: string): string => `${channel}/${message}`;

export const roomRef = (guildId: string, channel: string): Ref => ({ id: channel, url: linkTo(guildId, channel), receipt: null });
