import type { WebClient } from '@slack/web-api';
import { readAddress } from './address.ts';
import { findChannel } from './channels.ts';
import { codeOf } from './failure.ts';

/** Where a message goes, as `chat.postMessage` takes it. */
export interface Place {
  readonly channel: string;
  /** Whether it is an id that other methods take too: not a name, nor a member for whom no conversation could be opened. */
  readonly isId: boolean;
}

/** @throws what the SDK throws; with `users_not_found` for an email address that no member has */
export async function placeOf(slack: WebClient, address: string): Promise<Place> {
  const read = readAddress(address);
  switch (read?.kind) {
    case 'member':
      return directTo(slack, read.id);
    case 'mail':
      return directTo(slack, await memberByMail(slack, read.mail));
    case 'name':
      return { channel: `#${read.name}`, isId: false };
    default:
      return { channel: address, isId: true };
  }
}

export async function memberByMail(slack: WebClient, email: string): Promise<string> {
  const { user } = await slack.users.lookupByEmail({ email });
  return String(user?.id);
}

/** Without `im:write` the message still arrives: `chat.postMessage` takes a member's id (docs.slack.dev/reference/methods/chat.postMessage#app_home). */
async function directTo(slack: WebClient, user: string): Promise<Place> {
  try {
    const { channel } = await slack.conversations.open({ users: user });
    return { channel: String(channel?.id), isId: true };
  } catch (error) {
    if (codeOf(error) !== 'missing_scope') throw error;
    return { channel: user, isId: false };
  }
}

/** The channel's id; null where it cannot be found out. */
export async function idOf(slack: WebClient, { channel, isId }: Place): Promise<string | null> {
  if (isId) return channel;
  if (!channel.startsWith('#')) return null;
  return (await findChannel(slack, channel.slice(1)))?.id ?? null;
}
