import { createPublicKey, verify } from 'node:crypto';
import type { SignedRequest } from '../connector.ts';

/** Milliseconds, past and future. Discord's documentation sets no limit, and a request that is sent again would pass without one. */
const longestAgeMs = 5 * 60_000;

/** What stands before the 32 bytes of an Ed25519 key in its DER form: RFC 8410 §4. */
const derHead = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Ed25519 over the timestamp and the raw body (docs.discord.com/developers/interactions/overview, validating security request headers).
 * @param publicKey 64 hexadecimal digits
 */
export function isSigned(publicKey: string, { headers, body, nowMs }: SignedRequest): boolean {
  const signature = headers['x-signature-ed25519'] ?? '';
  const timestamp = headers['x-signature-timestamp'] ?? '';
  if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1000) > longestAgeMs) return false;
  const key = createPublicKey({ key: Buffer.concat([derHead, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' });
  return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
}
