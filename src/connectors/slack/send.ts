import type { WebClient } from '@slack/web-api';
import { said } from '../../domain/said.ts';
import { done, failedForGood, type Outcome, type Ref } from '../outcome.ts';
import type { SlackMessage } from './block-kit.ts';
import { asking, type SlackCall } from './client.ts';
import { findSent, metadataOf } from './find-sent.ts';
import { idOf, placeOf } from './places.ts';
import { readRef, refOf } from './refs.ts';

export interface Posting {
  /** Null for the default channel. */
  readonly to: string | null;
  readonly message: SlackMessage;
  /** RFC 3339: it was not sent before. Null where that is not known. */
  readonly since: string | null;
}

/** No link gets a preview. */
const quiet = { unfurl_links: false, unfurl_media: false } as const;

/** One message, once: where an earlier attempt may have sent it, it is looked for first, as far as the app may read there. */
export async function post(call: SlackCall, { to, message, since }: Posting): Promise<Outcome<Ref>> {
  const address = to ?? call.config.default_channel;
  if (address === undefined) return failedForGood(said('cause.noChannel'), { cure: said('cure.channel') });
  return asking(call, async (slack) => {
    const place = await placeOf(slack, address);
    const sent = call.maybeDone ? await findSent(slack, { actId: call.actId, since, find: () => idOf(slack, place) }) : null;
    return done(sent ?? (await postTo(slack, call.actId, { channel: place.channel, ...message })));
  });
}

/** Into the thread of `below`, and nowhere else. */
export const reply = (call: SlackCall, below: Ref, message: SlackMessage, since: string): Promise<Outcome<Ref>> =>
  asking(call, async (slack) => {
    const { channel, ts } = readRef(below);
    const sent = call.maybeDone
      ? await findSent(slack, { actId: call.actId, since, thread: ts, find: () => Promise.resolve(channel) })
      : null;
    return done(sent ?? (await postTo(slack, call.actId, { channel, thread_ts: ts, ...message })));
  });

/** In place. The metadata that the message has it keeps (docs.slack.dev/reference/methods/chat.update). */
export const change = (call: SlackCall, sent: Ref, { text, blocks }: SlackMessage): Promise<Outcome<Ref>> =>
  asking(call, async (slack) => {
    const { channel, ts } = readRef(sent);
    // Here the default is `client`, which makes mentions of what is written like one.
    await slack.chat.update({ channel, ts, text, blocks, parse: 'none' });
    return done(refOf(channel, ts));
  });

async function postTo(
  slack: WebClient,
  actId: string,
  message: SlackMessage & { readonly channel: string; readonly thread_ts?: string },
): Promise<Ref> {
  const { channel, ts } = await slack.chat.postMessage({ ...message, ...quiet, metadata: metadataOf(actId) });
  return refOf(String(channel), String(ts));
}
