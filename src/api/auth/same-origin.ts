import { isIP } from 'node:net';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { Problem } from '../problem.ts';

/**
 * Keeps other sites from writing with a visitor's cookie. Browsers send `Sec-Fetch-Site`, or at least `Origin`, with
 * every such request; a request with neither is no browser's and has no business with a cookie.
 */
export function requireSameOrigin(c: Context, baseUrl: string): void {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const siteFits = site === undefined || site === 'same-origin';
  const originFits = origin === undefined || origin === new URL(baseUrl).origin || hostOf(origin) === c.req.header('host');
  if ((site === undefined && origin === undefined) || !siteFits || !originFits) {
    const elsewhere = isSafe(origin) ? ` This one came from ${origin}; IMAS_BASE_URL is ${baseUrl}.` : '';
    throw new Problem(403, `Requests with a session cookie must come from these pages.${elsewhere}`);
  }
}

/**
 * Whether another site's page had a browser send this; who sends neither header is no browser. A name of its own is believed only where
 * it is that of the base URL: any other may have been made to lead here for this one request (DNS rebinding), which no address can.
 */
export function comesFromElsewhere(
  { origin, host, 'sec-fetch-site': site }: Partial<Record<'origin' | 'host' | 'sec-fetch-site', string>>,
  baseUrl: string,
): boolean {
  if (site === 'cross-site' || site === 'same-site') return true;
  if (origin === undefined || origin === new URL(baseUrl).origin) return false;
  return hostOf(origin) !== host || !isAddressOrLocal(origin);
}

/** Whatever it may hold: a page that its reader did not mean to send anything from. */
export const fromElsewhere = (baseUrl: string): Problem =>
  new Problem(403, `A browser sent this from a page of another site. Pages of IMAS may, at ${baseUrl} (IMAS_BASE_URL).`);

/** For what takes requests without a sign-in. */
export const refuseFromElsewhere = (baseUrl: string) =>
  createMiddleware(async function refuseFromElsewhere(c, next) {
    if (comesFromElsewhere(c.req.header(), baseUrl)) throw fromElsewhere(baseUrl);
    await next();
  });

const isAddressOrLocal = (origin: string): boolean => {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname.startsWith('[') || isIP(hostname) !== 0;
};

/**
 * A browser drops a cookie that is for https when it comes over plain http, without a word, and the next page would ask to sign in
 * again. `Origin` says how the browser reached the page, whatever proxies are between.
 * @throws Problem 403 that says what to do
 */
export function requireCookieToStick(c: Context, baseUrl: string): void {
  const origin = c.req.header('origin');
  if (!baseUrl.startsWith('https:') || origin === undefined || !origin.startsWith('http:') || isLocal(origin)) return;
  throw new Problem(
    403,
    `This page was opened over plain http, and your browser would refuse the session cookie, which is for https alone. Open ${baseUrl}/ instead. ` +
      `If this installation has no https, set IMAS_BASE_URL to the address that people open, such as ${origin}.`,
  );
}

/** Browsers take cookies for https from their own machine without it. */
const isLocal = (origin: string): boolean => /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(URL.parse(origin)?.hostname ?? '');

/** Short, and nothing but scheme, name and port: it is repeated. */
const isSafe = (origin: string | undefined): origin is string =>
  origin !== undefined && origin.length <= 300 && URL.parse(origin)?.origin === origin;

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
