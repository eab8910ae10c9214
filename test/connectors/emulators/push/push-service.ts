import { createPublicKey, randomUUID, verify } from 'node:crypto';
import type { PushMessage } from '../../../../src/connectors/web-push/message.ts';
import type { Answer, Received, Vendor } from '../receiver.ts';
import { subscribedBrowser, type SubscribedBrowser } from './browser.ts';

/** What a device has got, decrypted, with how it was handed over. */
export interface Arrived {
  readonly message: PushMessage;
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
}

export interface Subscriber {
  readonly browser: SubscribedBrowser;
  readonly path: string;
  /** The sender that this subscription is restricted to: RFC 8292 §4. */
  readonly applicationServerKey: string;
  readonly arrived: Arrived[];
  /** The browser has ended it. */
  isGone: boolean;
}

/** The state of a push service. */
export interface PushService {
  readonly subscribers: Subscriber[];
  /** Answered to the next requests, one each, before anything else. */
  readonly refusals: Answer[];
}

export const newPushService = (): PushService => ({ subscribers: [], refusals: [] });

/** As a browser does in `pushManager.subscribe`. */
export function subscribe(service: PushService, url: string, applicationServerKey: string): Subscriber {
  const path = `/wpush/v2/${randomUUID()}`;
  const subscriber = { browser: subscribedBrowser(`${url}${path}`), path, applicationServerKey, arrived: [], isGone: false };
  service.subscribers.push(subscriber);
  return subscriber;
}

const refusal = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: { code: status, message },
  headers,
});

/** RFC 8030 (push), RFC 8291 (encryption), RFC 8292 (VAPID); refuses what these let it refuse. `origin` is its own. */
export function pushService(service: PushService, origin: () => string): Vendor {
  return (request) => {
    const next = service.refusals.shift();
    if (next !== undefined) return next;
    if (request.method !== 'POST') return refusal(405, 'Method Not Allowed');
    const subscriber = service.subscribers.find(({ path }) => path === request.path);
    if (subscriber === undefined) return refusal(404, 'Not Found');
    if (subscriber.isGone) return refusal(410, 'Gone: push subscription has unsubscribed or expired.');
    const problem = headerProblem(request) ?? senderProblem(request.headers.authorization, subscriber.applicationServerKey, origin());
    if (problem !== null) return problem;
    if (request.bytes.length > 4096) return refusal(413, 'Payload Too Large');
    const topic = request.headers['topic'] as string | undefined;
    subscriber.arrived.push({
      message: JSON.parse(subscriber.browser.decrypt(request.bytes)) as PushMessage,
      ttl: Number(request.headers['ttl']),
      urgency: request.headers['urgency'] as string | undefined,
      topic,
    });
    return { status: 201, body: '', headers: { location: `${origin()}/m/${randomUUID()}`, ttl: String(request.headers['ttl']) } };
  };
}

/** RFC 8030 §5.2 to §5.4; RFC 8291 §4. */
function headerProblem({ headers }: Received): Answer | null {
  if (!/^\d+$/.test(String(headers['ttl'] ?? ''))) return refusal(400, 'TTL is missing or no number.');
  if (headers['content-encoding'] !== 'aes128gcm') return refusal(415, 'Content-Encoding must be aes128gcm.');
  const urgency = headers['urgency'];
  if (urgency !== undefined && !['very-low', 'low', 'normal', 'high'].includes(String(urgency))) return refusal(400, 'Urgency is unknown.');
  const topic = headers['topic'];
  if (topic !== undefined && !/^[-_A-Za-z0-9]{1,32}$/.test(String(topic)))
    return refusal(400, 'Topic is not base64url of 32 characters at most.');
  return null;
}

/** RFC 8292 §2 and §4.2. */
function senderProblem(authorization: string | undefined, key: string, origin: string): Answer | null {
  const found = /^vapid t=([-_A-Za-z0-9]+)\.([-_A-Za-z0-9]+)\.([-_A-Za-z0-9]+), ?k=([-_A-Za-z0-9]+)$/.exec(authorization ?? '');
  if (found === null) return refusal(401, 'Authorization must be vapid.');
  const [, header = '', payload = '', signature = '', k = ''] = found;
  if (k !== key) return refusal(403, 'The subscription belongs to another key.');
  const point = Buffer.from(k, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return refusal(401, 'The signature is wrong.');
  const { aud, exp, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const left = Number(exp) - Date.now() / 1000;
  if (aud !== origin) return refusal(401, 'aud is not this push service.');
  if (!(left > 0 && left <= 24 * 60 * 60)) return refusal(401, 'exp is over, or more than 24 hours ahead.');
  // What Apple demands beyond the RFC: developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers
  if (!/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(String(sub))) return refusal(403, 'BadJwtToken');
  return null;
}
