import { said, type Said } from '../../domain/said.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { failedForGood, failedForNow, type Failure } from '../outcome.ts';
import { readJson } from '../read-json.ts';

/** `{"code": 40301, "http": 403, "error": "forbidden"}`: server/errors.go, where all codes are. Zero where a proxy answers. */
function readNtfyError(body: string): { readonly code: number; readonly message: string } {
  const { code, error } = (readJson(body) ?? {}) as { code?: unknown; error?: unknown };
  return { code: typeof code === 'number' ? code : 0, message: typeof error === 'string' ? error : body };
}

/** The day's quota comes back at midnight, the requests' one every five seconds. */
const dailyQuota: ReadonlySet<number> = new Set([42905, 42908]);
const tooManyLogins = 42909;

export function failureFor(answer: HttpAnswer, http: Pick<Http, 'shown'>, { sends }: { readonly sends: boolean }): Failure {
  const { status, retryAfterMs } = answer;
  const { code, message } = readNtfyError(answer.body);
  const shown = http.shown(message);
  const reason = shown === '' ? said('cause.httpStatus', { status }) : said('cause.http', { status, said: shown });
  const cure = cureFor(status, code);
  if (status === 429 && dailyQuota.has(code)) return failedForGood(reason, { cure });
  if (status === 408 || status === 429) return failedForNow(reason, { retryAfterMs, cure });
  // 507 is for a topic of UnifiedPush that nobody has subscribed to: nothing was sent.
  if (status >= 500) return failedForNow(reason, { retryAfterMs, cure, maybeDone: sends && status !== 503 && status !== 507 });
  return failedForGood(reason, { cure });
}

function cureFor(status: number, code: number): Said | null {
  if (status >= 300 && status < 400) return said('cure.redirects');
  switch (status) {
    case 401:
      return said('cure.ntfy.login');
    case 403:
      return said('cure.ntfy.rights');
    case 404:
    case 405:
      return said('cure.ntfy.server');
    case 413:
      return said('cure.ntfy.size');
    case 429:
      return code === tooManyLogins ? said('cure.ntfy.login') : said('cure.ntfy.quota');
    case 507:
      return said('cure.ntfy.subscriber');
    default:
      return code === 40009 || code === 40010 ? said('cure.ntfy.topic') : null;
  }
}
