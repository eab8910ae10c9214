/** Go's zero time, which Alertmanager and Grafana send for "not known" (`endsAt` of a firing alert). */
const goZeroYear = 1;
const goZero = '0001-01-01T00:00:00Z';

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s?(Z|z|UTC|[+-]\d\d:?\d\d)?$/;

export type Instant = { readonly ok: true; readonly at: string | null } | { readonly ok: false; readonly reason: string };

/**
 * An RFC 3339 date-time (any number of decimals, any offset; none means UTC) or epoch seconds or milliseconds, as RFC 3339
 * in UTC to the millisecond, further decimals cut off. Null for nothing, for an empty text, and for Go's zero time.
 */
export function readInstant(value: unknown): Instant {
  if (value === null || value === undefined || value === '') return { ok: true, at: null };
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return refuse('must be a date-time');
  if (value === goZero) return { ok: true, at: null };
  if (isAsWeWriteIt(value)) return { ok: true, at: value };
  const text = value.trim();
  if (/^\d{9,13}(\.\d{1,9})?$/.test(text)) return fromEpoch(Number(text));
  const parts = pattern.exec(text);
  if (parts === null) return refuse('must be an RFC 3339 date-time');
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (year === goZeroYear) return { ok: true, at: null };
  const milliseconds = Number((parts[7] ?? '0').padEnd(3, '0').slice(0, 3));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const shown = new Date(local);
  // Date.UTC carries over: the 31st of April would become the 1st of May.
  if (shown.getUTCDate() !== day || shown.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 60) {
    return refuse('is no date-time that exists');
  }
  const offset = offsetMs(parts[8]);
  if (offset === null) return refuse('has an offset that does not exist');
  return inRange(local - offset);
}

/** RFC 3339 in UTC to the millisecond: as most senders write it, and not looked at further. */
function isAsWeWriteIt(text: string): boolean {
  if (text.length !== 24) return false;
  const ms = Date.parse(text);
  return ms >= 0 && ms <= latestMs && new Date(ms).toISOString() === text;
}

/** Seconds below 10^11 (the year 5138), milliseconds above. */
function fromEpoch(value: number): Instant {
  if (!Number.isFinite(value) || value < 0) return refuse('must be a date-time');
  return inRange(Math.floor(value < 1e11 ? value * 1_000 : value));
}

function offsetMs(text: string | undefined): number | null {
  if (text === undefined || /^(z|utc)$/i.test(text)) return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const latestMs = Date.UTC(9999, 11, 31);

function inRange(ms: number): Instant {
  if (ms < 0 || ms > latestMs) return refuse('must lie between the years 1970 and 9999');
  return { ok: true, at: new Date(ms).toISOString() };
}

const refuse = (reason: string): Instant => ({ ok: false, reason });
