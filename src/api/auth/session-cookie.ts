import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Config } from '../../config.ts';
import { sessionSeconds } from './tokens.ts';

type Site = Pick<Config, 'baseUrl'>;

const isHttps = ({ baseUrl }: Site): boolean => baseUrl.startsWith('https:');

/** `__Host-` cookies need https (RFC 6265bis, 4.1.3.2), so plain http on one's own machine goes without the prefix. */
export const cookieName = (site: Site, name: string): string => (isHttps(site) ? `__Host-${name}` : name);

export const attributesOf = (site: Site) => ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(site) }) as const;

const nameOf = (site: Site): string => cookieName(site, 'imas_session');

export const readSessionCookie = (c: Context, site: Site): string | undefined => getCookie(c, nameOf(site));

export const setSessionCookie = (c: Context, site: Site, token: string): void =>
  setCookie(c, nameOf(site), token, { ...attributesOf(site), maxAge: sessionSeconds });

export const clearSessionCookie = (c: Context, site: Site): void => {
  deleteCookie(c, nameOf(site), attributesOf(site));
};
