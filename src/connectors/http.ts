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
  const hidden = quotable(secrets);
  return {
    async fetch({ headers = {}, body = null, ...request }) {
      const answer = await door.fetch({ ...request, headers, body, signal });
      return { ...answer, retryAfterMs: readRetryAfter(answer.headers['retry-after'], Date.now()) };
    },
    // Before it is shortened: the cut must not go through a secret and leave its beginning.
    shown: (words) =>
      shorten(
        hidden.reduce((text, secret) => text.replaceAll(secret, '********'), oneLine(words)),
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

/** The secrets, and the parts of them that a server would quote. Longest first, so that no part of one stays. */
function quotable(secrets: readonly string[]): readonly string[] {
  const parts = secrets.flatMap((secret) => [secret, ...partsOfUrl(secret), ...secret.split(' ').slice(1), base64(secret)]);
  return [...new Set(parts)].filter((part) => part.length >= shortest).toSorted((a, b) => b.length - a.length);
}

const base64 = (text: string): string => trimEndOf(Buffer.from(text).toString('base64'), '=');

/** Of an address that holds a token, a server quotes the path, a query value, or a long segment. */
function partsOfUrl(secret: string): string[] {
  if (!URL.canParse(secret)) return [];
  const { pathname, search, searchParams } = new URL(secret);
  return [`${pathname}${search}`, pathname, ...searchParams.values(), ...pathname.split('/').filter((part) => part.length >= 16)];
}
