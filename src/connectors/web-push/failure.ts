import { said } from '../../domain/said.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';

/**
 * RFC 8030 §7.3 and §8.4; RFC 8292 §4.2. Google's service answers 404 and 410 for a subscription that has ended, and 403 where it belongs to
 * other keys (firebase.google.com/docs/cloud-messaging/error-codes); Mozilla's the same with 410 and 401 (mozilla-services.github.io/autopush-rs/errors.html).
 */
export function failureFor({ status, body, retryAfterMs }: HttpAnswer, http: Pick<Http, 'shown'>): Failure {
  if (status === 404 || status === 410)
    return failedForGood(said('cause.webPush.gone'), { cure: said('cure.webPush.device'), addressGone: true });
  const shown = http.shown(body);
  const reason = shown === '' ? said('cause.httpStatus', { status }) : said('cause.http', { status, said: shown });
  if (status === 408 || status === 429) return failedForNow(reason, { retryAfterMs, cure: said('cure.webPush.limit') });
  if (status >= 500) return failedForNow(reason, { retryAfterMs, cure: said('cure.otherSide'), maybeDone: status !== 503 });
  if (status === 401 || status === 403) return failedForGood(reason, { cure: said('cure.webPush.keys') });
  return failedForGood(reason, status === 413 ? { cure: said('cure.webPush.size') } : {});
}
