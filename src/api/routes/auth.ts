import { getConnInfo } from '@hono/node-server/conninfo';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { whoIs } from '../auth/authenticate.ts';
import { verifyPassword } from '../../secrets/password.ts';
import { requireSameOrigin } from '../auth/same-origin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../auth/session-cookie.ts';
import { createSignInLimit } from '../auth/sign-in-limit.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { issueToken, revokeToken } from '../auth/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import type { ApiEnv } from '../env.ts';
import { createRouter } from '../router.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';

const Credentials = z.object({ username: z.string().min(1).max(254), password: z.string().min(1).max(1024) }).openapi('Credentials');

export const Me = z
  .object({
    id: z.uuid(),
    username: z.string(),
    display_name: z.string(),
    email: z.string().nullable(),
    is_staff: z.boolean(),
  })
  .openapi('Me');

export const presentMe = (signedIn: SignedIn): z.infer<typeof Me> => ({
  id: signedIn.userId,
  username: signedIn.username,
  display_name: signedIn.displayName,
  email: signedIn.email,
  is_staff: signedIn.isStaff,
});

const tokenPost = createRoute({
  method: 'post',
  path: '/token',
  tags: ['auth'],
  summary: 'Get a token for Authorization: Token <token>',
  security: [],
  request: jsonBody(Credentials),
  responses: { 200: jsonResponse(z.object({ token: z.string() }), 'A new token; it is shown once.'), ...problems(401, 422, 429) },
});
const tokenDelete = createRoute({
  method: 'delete',
  path: '/token',
  tags: ['auth'],
  summary: 'Revoke the token this request is made with',
  responses: { 204: { description: 'Revoked.' }, ...problems(401) },
});
const sessionPost = createRoute({
  method: 'post',
  path: '/session',
  tags: ['auth'],
  summary: 'Sign in to the pages: sets a cookie',
  security: [],
  request: jsonBody(Credentials),
  responses: { 200: jsonResponse(Me, 'Signed in.'), ...problems(401, 403, 422, 429) },
});
const sessionGet = createRoute({
  method: 'get',
  path: '/session',
  tags: ['auth'],
  summary: 'Who is signed in to the pages',
  security: [],
  responses: { 200: jsonResponse(z.object({ user: Me.nullable() }), 'Null when nobody is.') },
});
const sessionDelete = createRoute({
  method: 'delete',
  path: '/session',
  tags: ['auth'],
  summary: 'Sign out of the pages',
  security: [],
  responses: { 204: { description: 'Signed out.' }, ...problems(403) },
});

/** Mounted at /api/auth, before authentication. */
export function createAuthRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  const perPerson = createSignInLimit(10, 15 * 60_000);
  const perAddress = createSignInLimit(100, 15 * 60_000);

  async function signIn(c: Context<ApiEnv>, { username, password }: z.infer<typeof Credentials>): Promise<SignedIn> {
    const address = addressOf(c);
    const person = `${username.toLowerCase()} ${address}`;
    const nowMs = Date.now();
    const wait = Math.max(perPerson.waitSeconds(person, nowMs), perAddress.waitSeconds(address, nowMs));
    if (wait > 0) {
      throw new Problem(429, 'Too many attempts. Wait a while.', { headers: { 'Retry-After': String(wait) } });
    }
    // Counted before the answer is known: attempts side by side cannot slip past the limit.
    perPerson.failed(person, nowMs);
    perAddress.failed(address, nowMs);
    const { rows } = await pool.query<{
      id: string;
      username: string;
      display_name: string;
      email: string | null;
      is_staff: boolean;
      password_hash: string | null;
    }>(
      `select id, username, display_name, email, is_staff, password_hash from users
       where lower(username) = lower($1) and is_active`,
      [username],
    );
    const user = rows[0];
    if (!(await verifyPassword(password, user?.password_hash ?? null)) || user === undefined) {
      deps.log.info({ requestId: c.get('requestId'), address }, 'sign-in refused');
      throw new Problem(401, 'User name or password is wrong.');
    }
    perPerson.succeeded(person);
    // Not all of them: who has one account could otherwise go on guessing others.
    perAddress.forgive(address);
    return {
      userId: user.id,
      username: user.username,
      displayName: user.display_name || user.username,
      email: user.email,
      isStaff: user.is_staff,
      by: 'session',
    };
  }

  return router
    .openapi(tokenPost, async (c) => {
      const user = await signIn(c, c.req.valid('json'));
      c.header('Cache-Control', 'no-store');
      return c.json({ token: await issueToken(pool, user.userId, 'api') }, 200);
    })
    .openapi(tokenDelete, async (c) => {
      const authorization = c.req.header('authorization');
      const token = /^(?:Token|Bearer) +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined || (await whoIs(deps, authorization, undefined)) === null) {
        throw new Problem(401, 'There is no such token.');
      }
      await revokeToken(pool, token);
      return c.body(null, 204);
    })
    .openapi(sessionPost, async (c) => {
      requireSameOrigin(c, deps.config.baseUrl);
      const user = await signIn(c, c.req.valid('json'));
      const earlier = readSessionCookie(c, deps.config);
      if (earlier !== undefined) await revokeToken(pool, earlier);
      setSessionCookie(c, deps.config, await issueToken(pool, user.userId, 'session'));
      c.header('Cache-Control', 'no-store');
      return c.json(presentMe(user), 200);
    })
    .openapi(sessionGet, async (c) => {
      const signedIn = await whoIs(deps, undefined, readSessionCookie(c, deps.config));
      c.header('Cache-Control', 'no-store');
      return c.json({ user: signedIn === null ? null : presentMe(signedIn) }, 200);
    })
    .openapi(sessionDelete, async (c) => {
      const cookie = readSessionCookie(c, deps.config);
      if (cookie !== undefined) {
        requireSameOrigin(c, deps.config.baseUrl);
        await revokeToken(pool, cookie);
      }
      clearSessionCookie(c, deps.config);
      return c.body(null, 204);
    });
}

/** The peer's address. Behind a proxy it is the proxy's: then the limit per address counts for everybody behind it. */
function addressOf(c: Context<ApiEnv>): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown';
  } catch {
    return 'in-process';
  }
}
