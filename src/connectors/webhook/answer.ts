import { said, type Said } from '../../domain/said.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { done, failedForGood, failedForNow, type Outcome, type Ref } from '../outcome.ts';

/** Worth another attempt: RFC 9110 §15.5.9 and §15.6, RFC 6585 §4, RFC 8470 §5.2. */
const isTemporary = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** What an answer means. @param key what the receiver knows the message by */
export function outcomeOf({ status, body, retryAfterMs }: HttpAnswer, key: string, http: Pick<Http, 'shown'>): Outcome<Ref> {
  if (status >= 200 && status < 300) return done({ id: key, url: null, receipt: `HTTP ${status}` });
  const shown = http.shown(body);
  const reason = shown === '' ? said('cause.httpStatus', { status }) : said('cause.http', { status, said: shown });
  return isTemporary(status) ? failedForNow(reason, { retryAfterMs }) : failedForGood(reason, { cure: cureFor(status) });
}

function cureFor(status: number): Said | null {
  if (status >= 300 && status < 400) return said('cure.redirects');
  if (status === 401 || status === 403) return said('cure.credentials');
  if (status === 404 || status === 410) return said('cure.url');
  if (status === 405) return said('cure.method');
  return status === 400 || status === 415 || status === 422 ? said('cure.body') : null;
}
