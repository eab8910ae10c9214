import { z } from 'zod';

const pattern = /^(?:(\d{17,20})|<#(\d{17,20})>|<@!?(\d{17,20})>)$/;

export const DiscordAddress = z
  .string()
  .trim()
  .regex(pattern, 'must be the ID of a channel or a person, 17 to 20 digits; or <#ID> for a channel, <@ID> for a person');

/** An id alone does not tell whose it is. Null for what is no address. */
export function readAddress(text: string): { readonly kind: 'unknown' | 'channel' | 'person'; readonly id: string } | null {
  const [, either, channel, person] = pattern.exec(text.trim()) ?? [];
  if (either !== undefined) return { kind: 'unknown', id: either };
  if (channel !== undefined) return { kind: 'channel', id: channel };
  return person === undefined ? null : { kind: 'person', id: person };
}
