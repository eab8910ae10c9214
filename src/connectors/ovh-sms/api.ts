import { createRequire } from 'node:module';
import type { Call } from '../call.ts';
import type { HttpAnswer } from '../http.ts';
import type { OvhClock } from './clock.ts';
import { apiUrlOf, type OvhSmsConfig } from './config.ts';
import { isSignatureRefused } from './failure.ts';

/** The part of OVH's client that is used here. It is CommonJS, and brings no types. */
type OvhClient = (keys: { readonly appKey: string; readonly appSecret: string; readonly consumerKey: string }) => {
  /** The value of `X-Ovh-Signature`. `timestamp` is in seconds. */
  signRequest(method: string, url: string, body: string | null, timestamp: number): string;
};

const require = createRequire(import.meta.url);

export interface OvhRequest {
  readonly method: 'GET' | 'POST';
  /** Below the API's address, with its query: `/sms/sms-ab12345-1/jobs`. */
  readonly path: string;
  readonly body?: object;
}

/**
 * A request signed by OVH's own client, and sent through the door. The client's sockets are not used: it takes no agent and no `fetch`, so
 * it would go round the door and its proxy, look names up by itself, and could not be stopped; it also hides `Retry-After`.
 * Where the signature is refused, the time at OVH is asked again, since it may be that which was wrong.
 */
export async function callOvh({ config, http }: Call<OvhSmsConfig>, clock: OvhClock, request: OvhRequest): Promise<HttpAnswer> {
  const ovh = require('ovh') as OvhClient;
  const client = ovh({ appKey: config.application_key, appSecret: config.application_secret, consumerKey: config.consumer_key });
  const apiUrl = apiUrlOf(config);
  const url = `${apiUrl}${request.path}`;
  const body = request.body === undefined ? null : asciiJson(request.body);
  const attempt = async (anew: boolean): Promise<{ readonly answer: HttpAnswer; readonly isFresh: boolean }> => {
    const { value: timestamp, isFresh } = await clock.seconds(http, apiUrl, { anew });
    const headers = {
      accept: 'application/json',
      ...(body !== null && { 'content-type': 'application/json' }),
      'x-ovh-application': config.application_key,
      'x-ovh-consumer': config.consumer_key,
      'x-ovh-timestamp': String(timestamp),
      'x-ovh-signature': client.signRequest(request.method, url, body, timestamp),
    };
    return { answer: await http.fetch({ url, method: request.method, headers, body }), isFresh };
  };
  const first = await attempt(false);
  return isSignatureRefused(first.answer) && !first.isFresh ? (await attempt(true)).answer : first.answer;
}

/** As OVH's clients write it: the signature is over characters, and what is escaped has one encoding only. */
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
