import type { Ref } from '../outcome.ts';

/** A message: `C0123456789/1712345678.901234`. A channel is `C0123456789`. */
export const refOf = (channel: string, ts: string): Ref => ({
  id: messageId(channel, ts),
  url: null,
  receipt: `Slack ${channel} ${ts}`,
});

export const messageId = (channel: string, ts: string): string => `${channel}/${ts}`;

export function readRef({ id }: Ref): { readonly channel: string; readonly ts: string } {
  const [channel = '', ts = ''] = id.split('/');
  return { channel, ts };
}
