import { createHash } from 'node:crypto';
import webPush from 'web-push';
import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import type { Call } from '../call.ts';
import { done, failedForGood, type Outcome, type Ref } from '../outcome.ts';
import { subjectOf, type WebPushConfig } from './config.ts';
import { failureFor } from './failure.ts';
import type { PushContent, PushMessage } from './message.ts';
import { readSubscription, type Subscription } from './subscription.ts';

/** Push services must take 4,096 bytes (RFC 8030 §7.2), of which the encryption has 103 (RFC 8291 §4, RFC 8188 §2.1). */
const longestBytes = 3_900;

/** Seconds for which a push service keeps it for a device that is off: so long a signed link lasts. What comes later replaces it there. */
const keptForSeconds = 24 * 60 * 60;

/** At most 32 characters of base64url: RFC 8030 §5.4. */
export const topicOf = (tag: string): string => createHash('sha256').update(tag).digest('base64url').slice(0, 32);

/** @param to the subscription as JSON: whoever has it may be sent to, so nothing of it is repeated */
export async function push(call: Call<WebPushConfig>, to: string | null, { handling, ...content }: PushContent): Promise<Outcome<Ref>> {
  const subscription = to === null ? null : readSubscription(to);
  if (subscription === null) return failedForGood(said('cause.webPush.device'), { cure: said('cure.webPush.device') });
  const message = fit({ ...content, act: call.actId });
  const { endpoint, method, headers, body } = requestFor(call.config, subscription, message, handling);
  const answer = await call.http.fetch({ url: endpoint, method, headers, body });
  if (answer.status < 200 || answer.status > 299) return failureFor(answer, call.http);
  return done({ id: content.tag, url: null, receipt: `${answer.status} from ${new URL(endpoint).host}` });
}

/** The library makes the request; it goes out by our door. */
function requestFor(config: WebPushConfig, subscription: Subscription, message: PushMessage, { urgency, topic }: PushContent['handling']) {
  const { public_key: publicKey = '', private_key: privateKey = '' } = config;
  const { endpoint, method, headers, body } = webPush.generateRequestDetails(subscription, JSON.stringify(message), {
    vapidDetails: { subject: subjectOf(config), publicKey, privateKey },
    TTL: keptForSeconds,
    urgency,
    topic,
    contentEncoding: 'aes128gcm',
  });
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  // The door counts by itself.
  return { endpoint, method, headers: Object.fromEntries(texts.filter(([name]) => name !== 'content-length')), body };
}

/** Titles and addresses are bounded where they are written; what is below is cut until all of it is small enough. */
function fit(message: PushMessage): PushMessage {
  let fitting = message;
  for (
    let limit = message.body.length;
    limit > 1 && Buffer.byteLength(JSON.stringify(fitting)) > longestBytes;
    limit = Math.floor(limit * 0.8)
  )
    fitting = { ...message, body: shorten(message.body, limit) };
  return fitting;
}
