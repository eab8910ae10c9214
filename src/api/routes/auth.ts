import { createRoute, z } from '@hono/zod-openapi';
import { whoIs } from '../auth/authenticate.ts';
import { requireCookieToStick, requireSameOrigin } from '../auth/same-origin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../auth/session-cookie.ts';
import { createSignIn } from '../auth/sign-in.ts';
import type { Account } from '../auth/signed-in.ts';
import { issueToken, revokeToken } from '../auth/tokens.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
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

export const presentMe = (account: Account): z.infer<typeof Me> => ({
  id: account.userId,
  username: account.username,
  display_name: account.displayName,
  email: account.email,
  is_staff: account.isStaff,
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
  const signIn = createSignIn(deps);

  return router
    .openapi(tokenPost, async (c) => {
      const user = await signIn.byPassword(c, c.req.valid('json'));
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
      requireCookieToStick(c, deps.config.baseUrl);
      const user = await signIn.byPassword(c, c.req.valid('json'));
      const earlier = readSessionCookie(c, deps.config);
      if (earlier !== undefined) await revokeToken(pool, earlier);
      setSessionCookie(c, deps.config, await issueToken(pool, user.userId, 'session'));
      await signIn.remember(c, user.userId);
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
