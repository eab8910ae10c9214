import type { WebClient } from '@slack/web-api';
import { codeOf } from './failure.ts';

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly isPrivate: boolean;
  /** Whether the bot is in it. */
  readonly isMember: boolean;
}

/** "Must be an integer under 1000": docs.slack.dev/reference/methods/conversations.list. */
const pageSize = 999;

/** All that the bot may see, archived ones too. A workspace with many has many pages: whoever has found what they want stops. */
export async function* listChannels(slack: WebClient): AsyncGenerator<Channel> {
  let types = 'public_channel,private_channel';
  let cursor = '';
  do {
    const options = { types, limit: pageSize, ...(cursor !== '' && { cursor }) };
    const page = await slack.conversations.list(options).catch((error: unknown) => {
      // Private ones need a scope of their own.
      if (codeOf(error) !== 'missing_scope' || types === 'public_channel') throw error;
      types = 'public_channel';
      return slack.conversations.list({ ...options, types });
    });
    for (const channel of page.channels ?? []) yield channelOf(channel);
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor !== '');
}

/** One that is in use; an archived one keeps its name too. */
export async function findChannel(slack: WebClient, name: string): Promise<Channel | null> {
  let archived: Channel | null = null;
  for await (const channel of listChannels(slack)) {
    if (channel.name !== name) continue;
    if (!channel.isArchived) return channel;
    archived = channel;
  }
  return archived;
}

interface SlackChannel {
  readonly id?: string;
  readonly name?: string;
  readonly is_archived?: boolean;
  readonly is_private?: boolean;
  readonly is_member?: boolean;
}

export const channelOf = ({ id = '', name = '', is_archived, is_private, is_member }: SlackChannel): Channel => ({
  id,
  name,
  isArchived: is_archived === true,
  isPrivate: is_private === true,
  isMember: is_member === true,
});
