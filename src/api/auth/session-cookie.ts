import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Config } from '../../config.ts';
import { sessionSeconds } from './tokens.ts';

const isHttps = (config: Config): boolean => config.baseUrl.startsWith('https:');

/** `__Host-` cookies need https (RFC 6265bis, 4.1.3.2), so plain http on one's own machine goes without the prefix. */
const nameOf = (config: Config): string => (isHttps(config) ? '__Host-imas_session' : 'imas_session');

const attributesOf = (config: Config) => ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(config) }) as const;

export const readSessionCookie = (c: Context, config: Config): string | undefined => getCookie(c, nameOf(config));

export const setSessionCookie = (c: Context, config: Config, token: string): void =>
  setCookie(c, nameOf(config), token, { ...attributesOf(config), maxAge: sessionSeconds });

export const clearSessionCookie = (c: Context, config: Config): void => {
  deleteCookie(c, nameOf(config), attributesOf(config));
};
