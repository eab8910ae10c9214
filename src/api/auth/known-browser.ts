import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { Config } from '../../config.ts';
import { attributesOf, cookieName } from './session-cookie.ts';

/** A browser in which somebody signed in before, and who: strangers who guess at their accounts do not keep them waiting there. */
export interface KnownBrowser {
  readonly id: string;
  /** The last ones to sign in there, at most eight. */
  readonly userIds: readonly string[];
}

export interface KnownBrowsers {
  read(c: Context): Promise<KnownBrowser | null>;
  /** Keeps in a signed cookie that this user signed in. */
  remember(c: Context, known: KnownBrowser | null, userId: string): Promise<void>;
}

/** OWASP's "device cookie": it opens nothing, it is only counted by. */
export function createKnownBrowsers(config: Pick<Config, 'baseUrl' | 'secretKey' | 'oldSecretKeys'>): KnownBrowsers {
  const name = cookieName(config, 'imas_browser');
  const keys = [config.secretKey ?? randomBytes(32), ...config.oldSecretKeys].map(
    (secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'imas known browser', 32)),
  );
  return {
    async read(c) {
      for (const key of keys) {
        const value = await getSignedCookie(c, key, name);
        if (typeof value !== 'string') continue;
        const [id = '', ...userIds] = value.split(':');
        return { id, userIds };
      }
      return null;
    },
    async remember(c, known, userId) {
      const userIds = [userId, ...(known?.userIds ?? []).filter((id) => id !== userId)].slice(0, 8);
      const value = [known?.id ?? randomUUID(), ...userIds].join(':');
      // Browsers keep no cookie for longer.
      await setSignedCookie(c, name, value, keys[0] as Uint8Array<ArrayBuffer>, { ...attributesOf(config), maxAge: 400 * 24 * 3600 });
    },
  };
}
