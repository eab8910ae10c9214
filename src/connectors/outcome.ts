import { EgressFailed, EgressRefused } from '../egress/egress.ts';
import { said, type Said } from '../domain/said.ts';

/** What the vendor calls what was made or sent, so that it can be found and changed. */
export interface Ref {
  /** In the vendor's words, with all that a later call needs: `C0123/1712345.6789`, a Message-ID. */
  readonly id: string;
  /** Where people see it. */
  readonly url: string | null;
  /** What the vendor answered, for auditors: a status line. */
  readonly receipt: string | null;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

export interface Failure {
  readonly ok: false;
  /** Another attempt would fail too until a person changes something. */
  readonly permanent: boolean;
  /** It broke off after the vendor may have done it. */
  readonly maybeDone: boolean;
  /** There is nobody at this address any more, nor will there be. */
  readonly addressGone?: boolean;
  /** Milliseconds that the vendor asked for before the next attempt. */
  readonly retryAfterMs: number | null;
  readonly reason: Said;
  /** What a person can do about it. */
  readonly cure: Said | null;
}

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value });

type More = Partial<Pick<Failure, 'maybeDone' | 'addressGone' | 'retryAfterMs' | 'cure'>>;
const failure = (
  permanent: boolean,
  reason: Said,
  { maybeDone = false, addressGone, retryAfterMs = null, cure = null }: More = {},
): Failure => ({
  ok: false,
  permanent,
  maybeDone,
  ...(addressGone === true && { addressGone }),
  retryAfterMs,
  reason,
  cure,
});

/** Worth another attempt. */
export const failedForNow = (reason: Said, more: More = {}): Failure => failure(false, reason, more);
/** Not worth one. */
export const failedForGood = (reason: Said, more: More = {}): Failure => failure(true, reason, more);

/** Codes of Node and of undici that may come after the request was written. */
const brokeAfterConnecting: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT', 'ABORTED']);

const isAbort = (error: unknown): boolean => error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

/** What an ability threw because of the network or because its time was over; null for any other error. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof EgressRefused) return failedForGood(error.said, { cure: said('cure.urlOrAllow') });
  // It has answered; asked again it would answer as much.
  if (error instanceof EgressFailed && error.code === 'TOO_LARGE') return failedForGood(error.said, { maybeDone: true });
  if (error instanceof EgressFailed)
    return failedForNow(error.said, { maybeDone: brokeAfterConnecting.has(error.code), cure: said('cure.otherSide') });
  return isAbort(error) ? failedForNow(said('cause.providerSilent'), { maybeDone: true }) : null;
}
