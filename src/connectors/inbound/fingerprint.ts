import { createHash } from 'node:crypto';
import { textLimits } from './bounded-text.ts';

/** SHA-256 in hex of the parts, each with its length, so that no two lists of parts run together. */
export function fingerprintOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

/** Names and values, the order of the names not counting. */
export const labelsPart = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** A fingerprint as the source gave it, unless it is too long to be a key. Null where there is none. */
export function givenFingerprint(value: string | null | undefined): string | null {
  if (value == null || value.trim() === '') return null;
  return value.length > textLimits.fingerprint ? fingerprintOf(value) : value;
}
