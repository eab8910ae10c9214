import { fieldPath } from '../../domain/field-path.ts';
import type { PayloadProblem } from '../../domain/alert-event.ts';

/** What one alert may hold at most; it turns away what is built to hurt. */
const alertLimits = { depth: 32, keysOfOneObject: 5_000, values: 150_000, keyLength: 1_024 } as const;

/** Ordinary alerts have a kilobyte, and a body has at most 16 MiB. */
export const maxAlertsOfBody = 20_000;

type Segments = (string | number)[];
export type SoundPayload = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: PayloadProblem };

/**
 * Checks the parsed JSON of one alert before anything reads it: depth, size, numbers that are finite (`1e999` parses to Infinity). A lone
 * surrogate, which has no UTF-8, becomes U+FFFD, and so does NUL, since Postgres' text and jsonb cannot hold it. `at` is where the alert
 * lies in its body: each is checked for itself, so that what is odd in one costs the others nothing.
 */
export function soundPayload(alert: unknown, at: readonly PropertyKey[] = []): SoundPayload {
  const seen = { values: 0, hasOddText: false };
  const fault = inspect(alert, 1, seen);
  if (fault !== null) return { ok: false, problem: { field: fieldPath([...at, ...fault.segments.reverse()]), reason: fault.reason } };
  return { ok: true, value: seen.hasOddText ? withSoundText(alert) : alert };
}

interface Fault {
  /** From the innermost outwards: filled while the recursion unwinds, so that the good case builds no paths. */
  readonly segments: Segments;
  readonly reason: string;
}

interface Seen {
  values: number;
  hasOddText: boolean;
}

function inspect(value: unknown, depth: number, seen: Seen): Fault | null {
  if (++seen.values > alertLimits.values) return fault(`has more than ${alertLimits.values} values`);
  switch (typeof value) {
    case 'string':
      return inspectText(value, seen);
    case 'number':
      return Number.isFinite(value) ? null : fault('must be a finite number');
    case 'boolean':
      return null;
    case 'object':
      break;
    default:
      return fault('is not JSON');
  }
  if (value === null) return null;
  if (depth > alertLimits.depth) return fault(`is nested deeper than ${alertLimits.depth} levels`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const inner = inspect(value[index], depth + 1, seen);
      if (inner !== null) return within(inner, index);
    }
    return null;
  }
  const keys = Object.keys(value);
  if (keys.length > alertLimits.keysOfOneObject) return fault(`has more than ${alertLimits.keysOfOneObject} keys`);
  for (const key of keys) {
    if (key.length > alertLimits.keyLength) return within(fault(`is a key of more than ${alertLimits.keyLength} characters`), key);
    inspectText(key, seen);
    const inner = inspect((value as Record<string, unknown>)[key], depth + 1, seen);
    if (inner !== null) return within(inner, key);
  }
  return null;
}

function inspectText(text: string, seen: Seen): null {
  if (!text.isWellFormed() || text.includes('\0')) seen.hasOddText = true;
  return null;
}

const fault = (reason: string): Fault => ({ segments: [], reason });

function within(inner: Fault, segment: string | number): Fault {
  inner.segments.push(segment);
  return inner;
}

/** Runs at once: one by one, each is a piece of text of its own. */
const soundText = (text: string): string => text.toWellFormed().replace(/\0+/g, (run) => '\ufffd'.repeat(run.length));

/** `fromEntries` defines its keys, so a key named `__proto__` stays a key. */
function withSoundText(value: unknown): unknown {
  if (typeof value === 'string') return soundText(value);
  if (Array.isArray(value)) return value.map(withSoundText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [soundText(key), withSoundText(inner)]));
}
