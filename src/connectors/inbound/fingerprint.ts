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

/** Words of templates and languages for a value that is not there. */
const wordsForNothing: ReadonlySet<string> = new Set(
  [
    ['null', 'nil', 'none', 'undefined', 'n/a', '<nil>', '<null>', '<none>', '<no value>', '[no value]', '(null)'],
    ['00000000-0000-0000-0000-000000000000'],
  ].flat(),
);
/** A template that nobody filled in: `$ALERT_CYCLE_KEY`, `${alert.id}`, `{{ .Fingerprint }}`. */
const unfilled = /^(?:\$[A-Z_]+|\$\{[^{}]*\}|\{\{[^{}]*\}\})$/;
const longestNothing = 100;

/** Whether it says nothing: taken for an identity, it would make one alert of all that have none. */
export function saysNothing(value: string): boolean {
  if (value.length > longestNothing) return value.trim() === '';
  const text = value.trim();
  return text === '' || wordsForNothing.has(text.toLowerCase()) || unfilled.test(text);
}

/** A fingerprint as the source gave it, unless it is too long to be a key. Null where there is none, whatever stands for it. */
export function givenFingerprint(value: string | null | undefined): string | null {
  if (value == null || saysNothing(value)) return null;
  return value.length > textLimits.fingerprint ? fingerprintOf(value) : value;
}
