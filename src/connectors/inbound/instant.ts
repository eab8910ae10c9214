/** Go's zero time and that of databases, which stand for "not known" (`endsAt` of a firing alert). */
const noTime = /^000[01]-/;

/** Of RFC 3339, and what is written like it: a slash for a hyphen, a space for the T, no seconds, no offset. */
const dateTime = /^(\d{4})[-/](\d\d)[-/](\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?\s?(Z|z|UTC|GMT|[+-]\d\d:?\d\d)?$/;
/** Of HTTP and mail: RFC 9110 §5.6.7, RFC 5322 §3.3. */
const httpDate = /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (GMT|UTC|[+-]\d{4})$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const epoch = /^\d{9,19}(\.\d{1,9})?$/;
const longest = 50;

export type Instant = { readonly ok: true; readonly at: string | null } | { readonly ok: false; readonly reason: string };

/**
 * A date-time as above (no offset means UTC), or seconds, milliseconds, microseconds or nanoseconds since 1970, as RFC 3339 in UTC to the
 * millisecond, further decimals cut off. Null for nothing, for an empty text, and for a time before all times.
 */
export function readInstant(value: unknown): Instant {
  if (value === null || value === undefined || value === '') return { ok: true, at: null };
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return refuse('must be a date-time');
  if (isAsWeWriteIt(value)) return { ok: true, at: value };
  if (value.length > longest) return refuse('must be an RFC 3339 date-time');
  const text = value.trim();
  if (text === '' || noTime.test(text)) return { ok: true, at: null };
  if (epoch.test(text)) return fromEpoch(Number(text));
  const parts = dateTime.exec(text);
  if (parts !== null) {
    const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as DateParts;
    const milliseconds = Number((parts[7] ?? '0').padEnd(3, '0').slice(0, 3));
    return fromParts([year, month, day, hour, minute, second], milliseconds, parts[8]);
  }
  const spoken = httpDate.exec(text);
  if (spoken === null) return refuse('must be an RFC 3339 date-time');
  const [day, , year, hour, minute, second] = spoken.slice(1, 7).map(Number) as DateParts;
  return fromParts([year, months.indexOf(spoken[2] ?? '') + 1, day, hour, minute, second], 0, spoken[7]);
}

type DateParts = [year: number, month: number, day: number, hour: number, minute: number, second: number];

function fromParts([year, month, day, hour, minute, second]: DateParts, milliseconds: number, zone: string | undefined): Instant {
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const shown = new Date(local);
  // Date.UTC carries over: the 31st of April would become the 1st of May.
  if (shown.getUTCDate() !== day || shown.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 60) {
    return refuse('is no date-time that exists');
  }
  const offset = offsetMs(zone);
  if (offset === null) return refuse('has an offset that does not exist');
  return inRange(local - offset);
}

/** RFC 3339 in UTC to the millisecond: as most senders write it, and not looked at further. */
function isAsWeWriteIt(text: string): boolean {
  if (text.length !== 24) return false;
  const ms = Date.parse(text);
  return ms >= 0 && ms <= latestMs && new Date(ms).toISOString() === text;
}

/** Seconds below 10^11 (the year 5138), then milliseconds, microseconds, nanoseconds. */
function fromEpoch(value: number): Instant {
  if (!Number.isFinite(value) || value < 0) return refuse('must be a date-time');
  return inRange(Math.floor(value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6));
}

function offsetMs(text: string | undefined): number | null {
  if (text === undefined || /^(z|utc|gmt)$/i.test(text)) return 0;
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
