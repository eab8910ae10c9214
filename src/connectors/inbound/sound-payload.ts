import { fieldPath } from '../../domain/field-path.ts';
import type { PayloadProblem } from '../../domain/alert-event.ts';

/** What a body may hold at most. It is at most 1 MiB, so these only turn away bodies that are built to hurt. */
export const payloadLimits = {
  depth: 32,
  keysOfOneObject: 5_000,
  values: 150_000,
  keyLength: 1_024,
  alerts: 10_000,
} as const;

type Segments = (string | number)[];
export type SoundPayload = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: PayloadProblem };

/**
 * Checks parsed JSON before anything reads it: depth, size, numbers that are finite (`1e999` parses to Infinity), text that
 * is well-formed UTF-16 (a lone surrogate has no UTF-8). NUL becomes U+FFFD, since Postgres' text and jsonb cannot hold it.
 */
export function soundPayload(body: unknown): SoundPayload {
  const seen = { values: 0, nul: false };
  const fault = inspect(body, 1, seen);
  if (fault !== null) return { ok: false, problem: { field: fieldPath(fault.segments.reverse()), reason: fault.reason } };
  return { ok: true, value: seen.nul ? withoutNul(body) : body };
}

interface Fault {
  /** From the innermost outwards: filled while the recursion unwinds, so that the good case builds no paths. */
  readonly segments: Segments;
  readonly reason: string;
}

function inspect(value: unknown, depth: number, seen: { values: number; nul: boolean }): Fault | null {
  if (++seen.values > payloadLimits.values) return fault(`has more than ${payloadLimits.values} values`);
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
  if (depth > payloadLimits.depth) return fault(`is nested deeper than ${payloadLimits.depth} levels`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const inner = inspect(value[index], depth + 1, seen);
      if (inner !== null) return within(inner, index);
    }
    return null;
  }
  const keys = Object.keys(value);
  if (keys.length > payloadLimits.keysOfOneObject) return fault(`has more than ${payloadLimits.keysOfOneObject} keys`);
  for (const key of keys) {
    if (key.length > payloadLimits.keyLength) return within(fault(`is a key of more than ${payloadLimits.keyLength} characters`), key);
    const inner = inspectText(key, seen) ?? inspect((value as Record<string, unknown>)[key], depth + 1, seen);
    if (inner !== null) return within(inner, key);
  }
  return null;
}

function inspectText(text: string, seen: { nul: boolean }): Fault | null {
  if (!text.isWellFormed()) return fault('has a lone surrogate, so it is not valid Unicode text');
  if (text.includes('\0')) seen.nul = true;
  return null;
}

const fault = (reason: string): Fault => ({ segments: [], reason });

function within(inner: Fault, segment: string | number): Fault {
  inner.segments.push(segment);
  return inner;
}

/** Runs at once: one by one, each is a piece of text of its own. */
const replaceNul = (text: string): string => text.replace(/\0+/g, (run) => '\ufffd'.repeat(run.length));

/** `fromEntries` defines its keys, so a key named `__proto__` stays a key. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return replaceNul(value);
  if (Array.isArray(value)) return value.map(withoutNul);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [replaceNul(key), withoutNul(inner)]));
}
