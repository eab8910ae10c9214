import type { Context } from 'hono';
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
    throw new Problem(403, 'Requests with a session cookie must come from these pages.');
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
