import type { ConversationsHistoryResponse, WebClient } from '@slack/web-api';
import type { Ref } from '../outcome.ts';
import { isRefusal } from './failure.ts';
import { refOf } from './refs.ts';

const eventType = 'imas_act';

/** Slack knows no idempotency key: a message carries its act's name, which nobody sees (docs.slack.dev/messaging/message-metadata). */
export const metadataOf = (actId: string) => ({ event_type: eventType, event_payload: { act: actId } });

export interface Search {
  readonly actId: string;
  /** RFC 3339; null where it is not known: then only the latest messages are looked at. */
  readonly since: string | null;
  /** Only the replies to this message. */
  readonly thread?: string;
  /** The channel's id; null where it cannot be found out. */
  find(): Promise<string | null>;
}

const pageSize = 200;
const mostPages = 5;
/** Clocks differ. Seconds. */
const margin = 600;

/**
 * What an earlier attempt sent. Null where there is nothing, or where the app may not read: a message that comes twice is better than none.
 * @throws what the network did
 */
export async function findSent(slack: WebClient, search: Search): Promise<Ref | null> {
  try {
    const channel = await search.find();
    return channel === null ? null : await look(slack, channel, search);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

async function look(slack: WebClient, channel: string, { actId, since, thread }: Search): Promise<Ref | null> {
  const pages = since === null ? 1 : mostPages;
  let cursor = '';
  for (let page = 0; page < pages; page += 1) {
    const options = {
      channel,
      limit: pageSize,
      include_all_metadata: true,
      ...(since !== null && { oldest: String(Date.parse(since) / 1000 - margin) }),
      ...(cursor !== '' && { cursor }),
    };
    const read: ConversationsHistoryResponse =
      thread === undefined ? await slack.conversations.history(options) : await slack.conversations.replies({ ...options, ts: thread });
    const found = (read.messages ?? []).find(({ metadata }) => isOf(metadata, actId));
    if (found?.ts !== undefined) return refOf(channel, found.ts);
    cursor = read.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null;
}

interface Metadata {
  readonly event_type?: string;
  readonly event_payload?: { readonly act?: unknown };
}

const isOf = (metadata: unknown, actId: string): boolean => {
  const { event_type, event_payload } = (metadata ?? {}) as Metadata;
  return event_type === eventType && event_payload?.act === actId;
};
