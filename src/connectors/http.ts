import { trimEndOf } from '../domain/trim-end.ts';
import type { Egress } from '../egress/egress.ts';
import { shorten } from '../domain/shorten.ts';
import { oneLine } from './notification-text.ts';

/** HTTP as connectors speak it: through the guarded door, in the call's time. */
export interface Http {
  /** Redirects are not followed. @throws EgressRefused, EgressFailed: whoever called the connector makes a failure of them */
  fetch(request: HttpRequest): Promise<HttpAnswer>;
  /** A vendor's words as people may see them: one line, shortened, without the config's secrets. */
  shown(words: string): string;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
  /** By default 64 KiB: a larger answer is an error. */
  readonly maxAnswerBytes?: number;
  /** Where only the beginning of an answer matters: what is beyond is not read. */
  readonly cutAnswer?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds from now, as `Retry-After` says; null where it says nothing. */
  readonly retryAfterMs: number | null;
}

const longestShown = 200;

export interface HttpOptions {
  readonly door: Egress;
  readonly signal: AbortSignal;
  /** Every secret text of the config. */
  readonly secrets: readonly string[];
}

export function createHttp({ door, signal, secrets }: HttpOptions): Http {
  return {
    async fetch({ headers = {}, body = null, ...request }) {
      const answer = await door.fetch({ ...request, headers, body, signal });
      return { ...answer, retryAfterMs: readRetryAfter(answer.headers['retry-after'], Date.now()) };
    },
    // Before it is shortened: the cut must not go through a secret and leave its beginning.
    shown: (words) =>
      shorten(
        quotable(secrets).reduce((text, secret) => text.replaceAll(secret, '********'), oneLine(words)),
        longestShown,
      ),
  };
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), as milliseconds from now; null for none, or one that says nothing. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** Short secrets are left alone: hiding every `ab` would make any text unreadable, and hides nothing that could not be guessed. */
const shortest = 6;

/** The secrets, and the parts of them that a server would quote, in every writing. Longest first, so that no part of one stays. */
function quotable(secrets: readonly string[]): readonly string[] {
  const parts = secrets.flatMap((secret) => [secret, ...partsOfUrl(secret), ...secret.split(/\s+/).slice(1)]);
  return [...new Set(parts.filter(isLong).flatMap(writings))].filter(isLong).toSorted((a, b) => b.length - a.length);
}

const isLong = (part: string): boolean => part.length >= shortest;

/** As it is, in one line, in JSON, in an address, in a form, and in base64 wherever it begins there. */
function writings(part: string): readonly string[] {
  const sound = part.toWellFormed();
  const inJson = JSON.stringify(part).slice(1, -1);
  return [part, oneLine(part), inJson, encodeURIComponent(sound), new URLSearchParams([['', sound]]).toString().slice(1), ...base64s(part)];
}

/** What its base64 has in common for whatever stands before and after it, as in `user:password`. */
function base64s(part: string): readonly string[] {
  const encodings = ['base64', 'base64url'] as const;
  const whole = encodings.map((encoding) => trimEndOf(Buffer.from(part).toString(encoding), '='));
  const within = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(part)]);
    const groups = bytes.subarray(0, bytes.length - (bytes.length % 3));
    return encodings.map((encoding) => groups.toString(encoding).slice(before === 0 ? 0 : 4));
  });
  return [...whole, ...within];
}

/** Of an address that holds a token, a server quotes the path, a query value, or a long segment. */
function partsOfUrl(secret: string): string[] {
  if (!URL.canParse(secret)) return [];
  const { pathname, search, searchParams } = new URL(secret);
  return [`${pathname}${search}`, pathname, ...searchParams.values(), ...pathname.split('/').filter((part) => part.length >= 16)];
}
