import { said, type Said } from '../../domain/said.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';
import { readJson } from '../read-json.ts';

export interface OvhError {
  /** `INVALID_SIGNATURE` and the like; empty where OVH says none. */
  readonly code: string;
  readonly message: string;
}

/** `{"errorCode", "httpCode", "message"}`, or `{"class", "message"}` (github.com/ovh/python-ovh, client.py; github.com/ovh/php-ovh/issues/97). */
export function readOvhError(body: string): OvhError {
  const error = readJson(body);
  if (error === undefined) return { code: '', message: body };
  const { errorCode, message } = (typeof error === 'object' && error !== null ? error : {}) as { errorCode?: unknown; message?: unknown };
  return { code: typeof errorCode === 'string' ? errorCode : '', message: typeof message === 'string' ? message : '' };
}

/** 400 for a wrong secret, a wrong consumer key, or a time that is off. */
export function isSignatureRefused({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): boolean {
  const { code, message } = readOvhError(body);
  return status === 400 && (['INVALID_SIGNATURE', 'QUERY_TIME_OUT'].includes(code) || /invalid signature|out of time/i.test(message));
}

const deadTokens: ReadonlySet<string> = new Set(['INVALID_KEY', 'INVALID_CREDENTIAL', 'NOT_CREDENTIAL']);

/** A token that is good, and lacks the right for this call. Where OVH says no code, its words tell a token that is not known. */
export function isNotGranted({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): boolean {
  const { code, message } = readOvhError(body);
  return status === 403 && !deadTokens.has(code) && !isAboutToken(message) && !/sender/i.test(message);
}

const isAboutToken = (message: string): boolean => /(application key|credential) (is|does)|invalid application key/i.test(message);

/** A short number sends no link, address or phone number: github.com/ovh/php-ovh/issues/156. */
export const isLinkRefused = ({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): boolean =>
  status === 400 && /contact information/i.test(readOvhError(body).message);

/** 429 and 500 pass (OVHcloud SMS FAQ, "bulk SMS"). @param sends whether something was to be sent, which may have been in spite of the error */
export function failureFor(answer: HttpAnswer, http: Pick<Http, 'shown'>, { sends }: { readonly sends: boolean }): Failure {
  const { status, body, retryAfterMs } = answer;
  const shown = http.shown(readOvhError(body).message);
  const reason = shown === '' ? said('cause.httpStatus', { status }) : said('cause.http', { status, said: shown });
  if (status === 408 || status === 429) return failedForNow(reason, { retryAfterMs });
  if (status >= 500) return failedForNow(reason, { retryAfterMs, maybeDone: sends && status !== 503 });
  return failedForGood(reason, { cure: cureFor(answer) });
}

function cureFor(answer: HttpAnswer): Said | null {
  const { status } = answer;
  const { code, message } = readOvhError(answer.body);
  if (status >= 300 && status < 400) return said('cure.redirects');
  if (isSignatureRefused(answer)) return said('cure.ovh.signature');
  if (isLinkRefused(answer) || /sender/i.test(message)) return said('cure.ovh.sender');
  if (/credit/i.test(message) && !isAboutToken(message)) return said('cure.ovh.credits');
  if (status === 401 || deadTokens.has(code) || isAboutToken(message)) return said('cure.ovh.keys');
  if (status === 403) return said('cure.ovh.rights');
  if (status === 404) return said('cure.ovh.service');
  // "ResourceExpiredError" of OVH's own clients.
  return status === 460 ? said('cure.ovh.expired') : null;
}
