import { z } from 'zod';

export type Address =
  | { readonly kind: 'channel'; readonly id: string }
  | { readonly kind: 'member'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'mail'; readonly mail: string };

const channelId = /^[CGD][A-Z0-9]{2,30}$/;
const memberId = /^[UW][A-Z0-9]{2,30}$/;
/** Names are in lower case, so that none is taken for an id; 80 characters: docs.slack.dev/reference/methods/conversations.create. */
const channelName = /^#?([\p{Ll}\p{Lo}\p{M}\p{N}_-]{1,80})$/u;
const mailAddress = z.email();

/** Null for what is none. `incidents` is read as `#incidents`. */
export function readAddress(text: string): Address | null {
  if (channelId.test(text)) return { kind: 'channel', id: text };
  if (memberId.test(text)) return { kind: 'member', id: text };
  if (text.length <= 254 && mailAddress.safeParse(text).success) return { kind: 'mail', mail: text };
  const name = channelName.exec(text)?.[1];
  return name === undefined ? null : { kind: 'name', name };
}
