import { createECDH } from 'node:crypto';
import { z } from 'zod';
import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Connector, Standing } from '../connector.ts';
import { done, failedForGood, type Outcome } from '../outcome.ts';
import { about } from './about.ts';
import { subjectOf, WebPushConfig } from './config.ts';
import { writePush, writePushAnnouncement, writePushDigest, writePushUpdate } from './message.ts';
import { push, topicOf } from './push.ts';
import { Subscription } from './subscription.ts';

export const webPushConnector: Connector<WebPushConfig> = {
  id: 'web-push',
  title: 'Web push',
  about,
  config: WebPushConfig,
  complete: withKeys,
  check: checkKeys,
  notify: {
    medium: 'push',
    // A second one takes the place of the first, and rings again only where that has been put away.
    dropsDoubles: () => false,
    // No push service names a number; each answers 429 beyond its own.
    pace: { perSecond: 50 },
    address: z.uuid('must be the ID of a device'),
    devices: {
      subscription: Subscription,
      identityOf: (subscription) => Subscription.parse(subscription).endpoint,
      subscribeWith: ({ public_key: publicKey = '' }) => publicKey,
    },
    onePerIncident: true,
    send: (call, to, notification) => push(call, to, writePush(notification, topicOf)),
    update: (call, _sent, notification, to = null) => push(call, to, writePushUpdate(notification, topicOf)),
    digest: { may: () => true, send: (call, to, digest) => push(call, to, writePushDigest(digest, topicOf)) },
    announce: (call, to, what) => push(call, to, writePushAnnouncement(what, call.actId, topicOf)),
  },
};

/** A new pair where none is given. Half a pair is left for `check` to find. */
async function withKeys(given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  if (isGiven(given['public_key']) || isGiven(given['private_key'])) return given;
  const { default: webPush } = await import('web-push');
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  return { ...given, public_key: publicKey, private_key: privateKey };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** There is no one to ask: each device has a push service of its own. */
async function checkKeys({ config }: Call<WebPushConfig>): Promise<Outcome<Standing>> {
  const { public_key: publicKey, private_key: privateKey } = config;
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(privateKey ?? '', 'base64url');
  } catch {
    return failedForGood(said('cause.webPush.keys'), { cure: said('cure.webPush.keys') });
  }
  if (pair.getPublicKey().toString('base64url') !== publicKey)
    return failedForGood(said('cause.webPush.keys'), { cure: said('cure.webPush.keys') });
  return done({ account: subjectOf(config), lacking: [] });
}
