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
    is_staff: z.boolean().openapi({ description: 'Whether this user may change the configuration.' }),
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
  summary: 'Create a token',
  description:
    'Creates an API token, to be sent as `Authorization: Token <token>`. Tokens do not expire; revoke them with DELETE. Returns 401 if the username or password is wrong or the user is not active, and 429 with a wait of up to a minute after too many failed attempts.',
  security: [],
  request: jsonBody(Credentials, { username: 'ann', password: 'correct horse battery staple' }),
  responses: { 200: jsonResponse(z.object({ token: z.string() }), 'The new token. It is shown only once.'), ...problems(401, 422, 429) },
});
const tokenDelete = createRoute({
  method: 'delete',
  path: '/token',
  tags: ['auth'],
  summary: 'Revoke a token',
  description: 'Revokes the token in the `Authorization` header of this request. Returns 401 if there is no such token.',
  responses: { 204: { description: 'The token is revoked.' }, ...problems(401) },
});
const sessionPost = createRoute({
  method: 'post',
  path: '/session',
  tags: ['auth'],
  summary: 'Sign in',
  description:
    'Signs in to the web pages with a session cookie that lasts 14 days; programs use a token instead. Returns 401 if the username or password is wrong, 403 if the request comes from another site, and 429 with a wait of up to a minute after too many failed attempts.',
  security: [],
  request: jsonBody(Credentials, { username: 'ann', password: 'correct horse battery staple' }),
  responses: { 200: jsonResponse(Me, 'The signed-in user. The answer sets the session cookie.'), ...problems(401, 403, 422, 429) },
});
const sessionGet = createRoute({
  method: 'get',
  path: '/session',
  tags: ['auth'],
  summary: 'Retrieve the session',
  description:
    'Returns the user whose session cookie came with the request. Without a valid session, `user` is null and the status is still 200.',
  security: [],
  responses: { 200: jsonResponse(z.object({ user: Me.nullable() }), 'The signed-in user, or null.') },
});
const sessionDelete = createRoute({
  method: 'delete',
  path: '/session',
  tags: ['auth'],
  summary: 'Sign out',
  description: 'Ends the session and deletes its cookie. Returns 403 if the request comes from another site.',
  security: [],
  responses: { 204: { description: 'The session has ended.' }, ...problems(403) },
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
