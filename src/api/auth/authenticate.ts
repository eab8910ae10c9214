import { createMiddleware } from 'hono/factory';
import type { ApiDeps } from '../deps.ts';
import { may, type Rights } from '../../domain/permissions.ts';
import { Problem } from '../problem.ts';
import type { ApiEnv } from '../env.ts';
import { createOriginOf, originOf } from './client-address.ts';
import { createGuesses } from './guesses.ts';
import { requireSameOrigin } from './same-origin.ts';
import { readSessionCookie } from './session-cookie.ts';
import { tooMany } from './sign-in.ts';
import type { SignedIn } from './signed-in.ts';
import { readToken } from './tokens.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Everything registered after this needs a signed-in user. A token in the header is looked at before a cookie. */
export function authenticate(deps: Pick<ApiDeps, 'config' | 'database' | 'log'>) {
  const guesses = createGuesses({ pool: deps.database.pool, secretKey: deps.config.secretKey, log: deps.log });
  const where = createOriginOf(deps.config);
  return createMiddleware<ApiEnv>(async function authenticate(c, next) {
    const authorization = c.req.header('authorization');
    const signedIn = await whoIs(deps, authorization, readSessionCookie(c, deps.config));
    if (signedIn === null) {
      // A right one is never kept waiting: nobody guesses 256 bits, and a script with an old token must not lock out its neighbours.
      const wait = authorization === undefined ? 0 : await guesses.count([['token', originOf(c, where).network]]);
      if (wait > 0) throw tooMany(Math.ceil(wait / 1_000));
      throw new Problem(401, 'Sign in, or send a token: Authorization: Token <token>.', {
        headers: { 'WWW-Authenticate': 'Token realm="imas"' },
      });
    }
    if (signedIn.by === 'session' && !safeMethods.has(c.req.method)) requireSameOrigin(c, deps.config.baseUrl);
    c.set('signedIn', signedIn);
    await next();
  });
}

/** Lets through who may read, or, with another method, change what stands behind it. */
export const permit = (on: Rights) =>
  createMiddleware<ApiEnv>(async function permit(c, next) {
    const act = safeMethods.has(c.req.method) ? 'read' : 'write';
    if (!may(c.get('signedIn'), act, on)) throw new Problem(403, `Only staff may ${act === 'read' ? 'see' : 'change'} this.`);
    await next();
  });

export async function whoIs(
  deps: Pick<ApiDeps, 'database'>,
  authorization: string | undefined,
  cookie: string | undefined,
): Promise<SignedIn | null> {
  if (authorization !== undefined) {
    const token = /^(?:Token|Bearer) +(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? null : readToken(deps.database.pool, token, 'api');
  }
  return cookie === undefined ? null : readToken(deps.database.pool, cookie, 'session');
}
