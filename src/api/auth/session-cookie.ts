import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Config } from '../../config.ts';
import { basePathOf } from '../base-path.ts';
import { sessionSeconds } from './tokens.ts';

type Site = Pick<Config, 'baseUrl'>;

const isHttps = ({ baseUrl }: Site): boolean => baseUrl.startsWith('https:');

/**
 * Prefixed cookies need https (RFC 6265bis, 4.1.3), so plain http on one's own machine goes without; `__Host-` needs the path `/`, and
 * below another one the neighbours on the same host shall not see it.
 */
export const cookieName = (site: Site, name: string): string =>
  !isHttps(site) ? name : basePathOf(site.baseUrl) === '' ? `__Host-${name}` : `__Secure-${name}`;

export const attributesOf = (site: Site) =>
  ({ path: `${basePathOf(site.baseUrl)}/`, httpOnly: true, sameSite: 'Lax', secure: isHttps(site) }) as const;

export const sessionCookieName = (site: Site): string => cookieName(site, 'imas_session');

export const readSessionCookie = (c: Context, site: Site): string | undefined => getCookie(c, sessionCookieName(site));

export const setSessionCookie = (c: Context, site: Site, token: string): void =>
  setCookie(c, sessionCookieName(site), token, { ...attributesOf(site), maxAge: sessionSeconds });

export const clearSessionCookie = (c: Context, site: Site): void => {
  deleteCookie(c, sessionCookieName(site), attributesOf(site));
};
