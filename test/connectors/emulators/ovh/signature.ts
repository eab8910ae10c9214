import { createHash } from 'node:crypto';
import type { Received } from '../receiver.ts';

export interface OvhKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

/** `$1$` and the SHA-1 of secret, consumer key, method, whole URL, body and time, joined by `+` (docs.ovh.com, "First steps with the API"). */
export function signatureOf(keys: OvhKeys, url: string, { method, text, headers }: Pick<Received, 'method' | 'text' | 'headers'>): string {
  const parts = [keys.applicationSecret, keys.consumerKey, method, url, text, headers['x-ovh-timestamp']];
  return `$1$${createHash('sha1').update(parts.join('+')).digest('hex')}`;
}
