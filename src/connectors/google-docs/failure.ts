import { said, type Said } from '../../domain/said.ts';
import { EgressFailed, EgressRefused } from '../../egress/egress.ts';
import type { GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Call } from '../call.ts';
import { readRetryAfter } from '../http.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';
import { readJson } from '../read-json.ts';

interface GoogleError {
  readonly status: number;
  /** `storageQuotaExceeded`, `SERVICE_DISABLED`, `invalid_grant`; empty where none is told. */
  readonly reasons: readonly string[];
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** What the clients threw, where Google answered. @throws what the network or the door threw, and what is no error of theirs */
export function readGoogleError(error: unknown): GoogleError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof EgressFailed || cause instanceof EgressRefused) throw cause;
  }
  const { response } = (error ?? {}) as { response?: { status?: unknown; data?: unknown; headers?: unknown } };
  if (typeof response?.status !== 'number') throw error;
  const { status, data, headers } = response;
  const retryAfter = headers instanceof Headers ? (headers.get('retry-after') ?? undefined) : undefined;
  return { status, retryAfterMs: readRetryAfter(retryAfter, Date.now()), ...readBody(data) };
}

/** Drive tells `errors[].reason`, newer services `status` and `details[].reason`, the token endpoint `error` (developers.google.com/workspace/drive/api/guides/handle-errors). */
function readBody(given: unknown): Pick<GoogleError, 'reasons' | 'message'> {
  // Where a text or bytes were asked for, an error comes as such.
  const text = given instanceof ArrayBuffer ? Buffer.from(given).toString('utf8') : given;
  const data = typeof text === 'string' ? (readJson(text) ?? text) : text;
  const { error, error_description: description } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (typeof error === 'string') return { reasons: [error], message: typeof description === 'string' ? description : error };
  if (typeof error !== 'object' || error === null) return { reasons: [], message: typeof data === 'string' ? data : '' };
  const { message, status, errors, details } = error as Record<string, unknown>;
  const listed = [errors, details].flatMap((some) => (Array.isArray(some) ? (some as { reason?: unknown }[]) : []));
  const reasons = [...listed.map(({ reason }) => reason), status].filter((reason) => typeof reason === 'string');
  return { reasons, message: typeof message === 'string' ? message : '' };
}

/** A document was changed since it was read: worth reading it again. */
export const isOutdated = ({ status, message }: GoogleError): boolean => status === 400 && /revision/i.test(message);

const passing: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'backendError',
  'internalError',
  'transientError',
]);

/** @param makes whether something was to be made, which may be there in spite of the error */
export function failureFor(error: GoogleError, call: Call<GoogleDriveSettings>, { makes }: { readonly makes: boolean }): Failure {
  const { status, reasons, retryAfterMs } = error;
  // Tokens are no part of the config: they are hidden by their looks.
  const shown = call.http.shown(error.message.replaceAll(/\b(?:ya29\.|eyJ)[\w.~+/=-]+/g, '********'));
  const reason = shown === '' ? said('cause.httpStatus', { status }) : said('cause.http', { status, said: shown });
  if (status >= 500) return failedForNow(reason, { retryAfterMs, maybeDone: makes && status !== 503 });
  if (status === 408 || status === 429 || isOutdated(error) || reasons.some((each) => passing.has(each)))
    return failedForNow(reason, { retryAfterMs });
  return failedForGood(reason, { cure: cureFor(error, call.config) });
}

function cureFor({ status, reasons }: GoogleError, { clientEmail }: GoogleDriveSettings): Said | null {
  const has = (...some: readonly string[]): boolean => some.some((each) => reasons.includes(each));
  if (has('invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_scope') || status === 401)
    return said('cure.google.credentials');
  if (has('storageQuotaExceeded', 'teamDriveFileLimitExceeded')) return said('cure.google.sharedDrive');
  if (has('accessNotConfigured', 'SERVICE_DISABLED')) return said('cure.google.enableApis');
  if (has('exportSizeLimitExceeded')) return said('cure.google.size');
  if (status === 403 || status === 404) return said('cure.google.share', { account: clientEmail });
  return null;
}
