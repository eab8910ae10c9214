import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import type { ApiEnv } from '../env.ts';
import { createOriginOf, originOf } from './client-address.ts';
import { createGuesses, type GuessedBy } from './guesses.ts';
import { createKnownBrowsers } from './known-browser.ts';
import { verifyPassword } from '../../secrets/password.ts';
import type { Account } from './signed-in.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface SignIn {
  /** @throws Problem 401 when they do not fit, 429 when too many were wrong of late */
  byPassword(c: Context<ApiEnv>, credentials: Credentials): Promise<Account>;
  /** Has this browser known as one in which the user signed in. */
  remember(c: Context<ApiEnv>, userId: string): Promise<void>;
}

/**
 * By user name and password. Wrong ones are slowed by account and by network, and growing so. In a browser where the same account was
 * signed in before, only what is tried there counts: a stranger who guesses keeps nobody out.
 */
export function createSignIn({ config, database: { pool }, log }: ApiDeps): SignIn {
  const guesses = createGuesses({ pool, secretKey: config.secretKey, log });
  const browsers = createKnownBrowsers(config);
  const where = createOriginOf(config);

  async function byPassword(c: Context<ApiEnv>, { username, password }: Credentials): Promise<Account> {
    const { address, network } = originOf(c, where);
    const { rows } = await pool.query<UserRow>(
      `select id, username, display_name, email, is_staff, password_hash from users
       where lower(username) = lower($1) and is_active`,
      [username],
    );
    const user = rows[0];
    const browser = await browsers.read(c);
    const account = username.toLowerCase();
    const isKnown = browser !== null && user !== undefined && browser.userIds.includes(user.id);
    const own: GuessedBy = isKnown ? ['browser', browser.id, account] : ['accountFromNetwork', account, network];
    const shared: readonly GuessedBy[] = isKnown
      ? []
      : [
          ['account', account],
          ['network', network],
        ];
    const wait = Math.ceil((await guesses.count([own, ...shared])) / 1_000);
    if (wait > 0) throw tooMany(wait);
    if (!(await verifyPassword(password, user?.password_hash ?? null)) || user === undefined) {
      log.info({ requestId: c.get('requestId'), address }, 'sign-in refused');
      throw new Problem(401, 'The username or password is wrong.');
    }
    await guesses.wasRight(shared, [own]);
    return {
      userId: user.id,
      username: user.username,
      displayName: user.display_name || user.username,
      email: user.email,
      isStaff: user.is_staff,
    };
  }

  return { byPassword, remember: async (c, userId) => browsers.remember(c, await browsers.read(c), userId) };
}

export const tooMany = (seconds: number): Problem =>
  new Problem(429, `Too many wrong attempts. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`, {
    headers: { 'Retry-After': String(seconds) },
  });

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly is_staff: boolean;
  readonly password_hash: string | null;
}
