import type { EgressResponse } from '../../egress/egress.ts';
import type { SendResult } from '../connector.ts';
import { oneLine, shorten } from '../notification-text.ts';

const longestReason = 200;

/** Worth another attempt: RFC 9110 §15.5.9 and §15.6, RFC 6585 §4, RFC 8470 §5.2. */
const isTemporary = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** What an answer means. `secrets` are never repeated, even where the other side does. */
export function toResult(answer: EgressResponse, secrets: readonly string[], nowMs: number): SendResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: 'sent', receipt: `HTTP ${status}` };
  const said = shorten(withoutSecrets(oneLine(answer.body), secrets), longestReason);
  const reason = said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
  if (isTemporary(status)) {
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
    return { outcome: 'failed', permanent: false, reason, ...(retryAfterMs !== null && { retryAfterMs }) };
  }
  const cure = cureFor(status);
  return { outcome: 'failed', permanent: true, reason, ...(cure !== null && { cure }) };
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), as milliseconds from now; null for none, or one that says nothing. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

function cureFor(status: number): string | null {
  if (status >= 300 && status < 400) return 'The address redirects, which is not followed: enter the address that it leads to.';
  if (status === 401 || status === 403) return 'Check the credentials in the headers, and what they may do.';
  if (status === 404 || status === 410) return 'Check the URL: the other side knows nothing there (any more).';
  if (status === 405) return 'Check the method and the URL.';
  if (status === 400 || status === 415 || status === 422)
    return 'The other side does not understand the body: check the format or the template.';
  return null;
}

/** Short secrets are left alone: hiding every `ab` would make any text unreadable, and hides nothing that could not be guessed. */
const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret.length >= 6).reduce((shown, secret) => shown.replaceAll(secret, '********'), text);
