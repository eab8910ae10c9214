import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Config } from '../../config.ts';
import { basePathOf } from '../base-path.ts';
import { sessionSeconds } from './tokens.ts';

const isHttps = (config: Config): boolean => config.baseUrl.startsWith('https:');

/**
 * Prefixed cookies need https (RFC 6265bis, 4.1.3), so plain http on one's own machine goes without; `__Host-` needs the path `/`, and
 * below another one the neighbours on the same host shall not see it.
 */
export const sessionCookieName = (config: Config): string =>
  !isHttps(config) ? 'imas_session' : basePathOf(config.baseUrl) === '' ? '__Host-imas_session' : '__Secure-imas_session';

const attributesOf = (config: Config) =>
  ({ path: `${basePathOf(config.baseUrl)}/`, httpOnly: true, sameSite: 'Lax', secure: isHttps(config) }) as const;

export const readSessionCookie = (c: Context, config: Config): string | undefined => getCookie(c, sessionCookieName(config));

export const setSessionCookie = (c: Context, config: Config, token: string): void =>
  setCookie(c, sessionCookieName(config), token, { ...attributesOf(config), maxAge: sessionSeconds });

export const clearSessionCookie = (c: Context, config: Config): void => {
  deleteCookie(c, sessionCookieName(config), attributesOf(config));
};
