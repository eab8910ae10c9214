import { createHash } from 'node:crypto';
import { z } from 'zod';
import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import type { Call } from '../call.ts';
import { done, failedForGood, failedForNow, type Outcome, type Ref } from '../outcome.ts';
import { authorizationOf, serverOf, Topic, topicOf, type NtfyConfig } from './config.ts';
import { failureFor } from './failure.ts';
import { findPublished } from './find-published.ts';
import type { NtfyContent, NtfyMessage } from './message.ts';
import { readJson } from '../read-json.ts';

/** A longer message becomes an attachment, and a larger body is refused (server/server.go: `MessageSizeLimit`, and twice that for JSON). */
const maxMessageBytes = 4_000;
const maxBodyBytes = 8_000;

/**
 * The notification that a message is, for the devices: the same on every attempt at an act, so that a repeat replaces what has come
 * (docs.ntfy.sh/publish, "Updating notifications"; ntfy 2.16). Another page of the same incident is another notification, since one that
 * replaces may be silent. Letters, digits, `-` and `_`, at most 64.
 */
export const sequenceOf = (actId: string): string => `imas-${createHash('sha256').update(actId).digest('hex').slice(0, 32)}`;

export async function publishNew(call: Call<NtfyConfig>, to: string | null, content: NtfyContent): Promise<Outcome<Ref>> {
  const topic = Topic.safeParse(to ?? topicOf(call.config)).data;
  if (topic === undefined) return failedForGood(said('cause.ntfy.topic'), { cure: said('cure.ntfy.topic') });
  const message = fit({ ...content, topic, sequence_id: sequenceOf(call.actId) });
  const earlier = call.maybeDone ? await findPublished(call, message) : null;
  return earlier === null ? publish(call, message) : done(refOf(call.config, message, `message ${earlier}, of an earlier attempt`));
}

/** In the place of what was sent. A server that is too old to know of that, and an iPhone, show a message of its own. */
export async function publishAgain(call: Call<NtfyConfig>, sent: Ref, content: NtfyContent): Promise<Outcome<Ref>> {
  const [topic = '', sequence_id = ''] = sent.id.split('/');
  return publish(call, fit({ ...content, topic, sequence_id }));
}

const Published = z.object({ id: z.string(), sequence_id: z.string().optional() });

async function publish({ config, http }: Call<NtfyConfig>, message: NtfyMessage): Promise<Outcome<Ref>> {
  const answer = await http.fetch({
    url: `${serverOf(config)}/`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'IMAS', ...authorizationOf(config) },
    body: JSON.stringify(message),
  });
  if (answer.status !== 200) return failureFor(answer, http, { sends: true });
  const published = Published.safeParse(readJson(answer.body)).data;
  if (published === undefined) return failedForNow(said('cause.unreadable'), { maybeDone: true, cure: said('cure.ntfy.server') });
  return done(refOf(config, message, `message ${published.id}`));
}

/** Where it is read on the web; the sequence is what a later call needs. */
const refOf = (config: NtfyConfig, { topic, sequence_id }: NtfyMessage, receipt: string): Ref => ({
  id: `${topic}/${sequence_id}`,
  url: `${serverOf(config)}/${topic}`,
  receipt,
});

/** Cut until it is small enough; a title has few characters, and links are bounded where they are written. */
export function fit(message: NtfyMessage): NtfyMessage {
  let fitting = message;
  for (let limit = message.message.length; limit > 1 && isTooLarge(fitting); limit = Math.floor(limit * 0.8))
    fitting = { ...message, message: shorten(message.message, limit) };
  return fitting;
}

const isTooLarge = (message: NtfyMessage): boolean =>
  Buffer.byteLength(message.message) > maxMessageBytes || Buffer.byteLength(JSON.stringify(message)) > maxBodyBytes;
