import { createMiddleware } from 'hono/factory';
import type { ApiDeps } from '../deps.ts';
import { may, type Rights } from '../../domain/permissions.ts';
import { Problem } from '../problem.ts';
import type { ApiEnv } from '../env.ts';
import { requireSameOrigin } from './same-origin.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { SignedIn } from './signed-in.ts';
import { readToken } from './tokens.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Everything registered after this needs a signed-in user. A token in the header is looked at before a cookie. */
export const authenticate = (deps: Pick<ApiDeps, 'config' | 'database'>) =>
  createMiddleware<ApiEnv>(async function authenticate(c, next) {
    const signedIn = await whoIs(deps, c.req.header('authorization'), readSessionCookie(c, deps.config));
    if (signedIn === null) {
      throw new Problem(401, 'Sign in, or send a token: Authorization: Token <token>.', {
        headers: { 'WWW-Authenticate': 'Token realm="imas"' },
      });
    }
    if (signedIn.by === 'session' && !safeMethods.has(c.req.method)) requireSameOrigin(c, deps.config.baseUrl);
    c.set('signedIn', signedIn);
    await next();
  });

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
