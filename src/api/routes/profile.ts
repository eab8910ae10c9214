import { randomInt } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { linkCodeHash, linkCodeMinutes } from '../../conversation/account.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { TimeZone } from '../../resources/shared-fields.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problem.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const ChatAccount = z
  .object({
    provider: RefRead,
    type: z.string().openapi({ description: 'The provider’s type, for example SLACK.' }),
    account_id: z.string(),
    name: z.string().openapi({ description: 'What the chat calls the account.' }),
    linked_at: Timestamp,
  })
  .openapi('ChatAccount');

export const Profile = z
  .object({
    language: z.enum(['en', 'fr']).nullable(),
    time_zone: z.string().nullable(),
    tell_when_taken: z
      .boolean()
      .openapi({ description: 'Whether you are told, after a page, that somebody else has acknowledged the incident.' }),
    chat_accounts: z.array(ChatAccount),
  })
  .openapi('Profile');

const read = createRoute({
  method: 'get',
  path: '/profile',
  tags: ['auth'],
  summary: 'Retrieve your profile',
  description:
    'Returns the language and time zone of your notifications, whether you are told when somebody else takes an incident, and the chat accounts that are linked to you.',
  responses: { 200: jsonResponse(Profile, 'Your profile.'), ...problems(401) },
});

export const ProfileUpdate = z
  .strictObject({
    language: z.enum(['en', 'fr']).nullable().optional(),
    time_zone: TimeZone.nullable().optional(),
    tell_when_taken: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'names language, time_zone or tell_when_taken')
  .openapi('ProfileUpdate');

const change = createRoute({
  method: 'patch',
  path: '/profile',
  tags: ['auth'],
  summary: 'Update your profile',
  description:
    'Changes the language and the time zone of your notifications (null means the default: English, UTC), and whether you are told when somebody else takes an incident that you were paged for.',
  request: jsonBody(ProfileUpdate, { language: 'fr', time_zone: 'Europe/Paris' }),
  responses: { 200: jsonResponse(Profile, 'Your profile as it is now.'), ...problems(400, 401, 422) },
});

export const LinkCode = z.object({ code: z.string(), expires_at: Timestamp }).openapi('LinkCode');

const makeCode = createRoute({
  method: 'post',
  path: '/chat-accounts/code',
  tags: ['auth'],
  summary: 'Create a code for linking a chat account',
  description: `Returns a code. Send \`/imas link CODE\` from a Slack or Discord account within ${linkCodeMinutes} minutes, and the account is linked to you. A new code replaces the one before.`,
  responses: {
    201: jsonResponse(LinkCode, 'The code, which is shown only once.'),
    ...problems(401),
  },
});

const unlink = createRoute({
  method: 'delete',
  path: '/chat-accounts/{provider}/{account}',
  tags: ['auth'],
  summary: 'Unlink a chat account',
  description: 'What is done from this account is not done in your name any more. Returns 404 if it is not linked to you.',
  request: { params: z.object({ provider: z.uuid(), account: z.string().max(200) }) },
  responses: { 204: { description: 'The account is no longer linked.' }, ...problems(401, 404) },
});

/** Without letters and digits that look alike. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const codeOf = (length: number): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** Below `/api/v1/me`: what people set up for themselves. */
export function createProfileRoutes({ database }: ApiDeps) {
  const { pool } = database;

  async function profileOf(userId: string): Promise<z.infer<typeof Profile>> {
    const [users, accounts] = await Promise.all([
      pool.query<Pick<z.infer<typeof Profile>, 'language' | 'time_zone' | 'tell_when_taken'>>(
        'select language, time_zone, tell_when_taken from users where id = $1',
        [userId],
      ),
      pool.query<{ provider_id: string; provider: string; type: string; account_id: string; name: string; created_at: Date }>(
        `select a.provider_id, p.name as provider, p.type, a.account_id, a.name, a.created_at
         from chat_accounts a join providers p on p.id = a.provider_id where a.user_id = $1 order by a.created_at`,
        [userId],
      ),
    ]);
    return {
      language: users.rows[0]?.language ?? null,
      time_zone: users.rows[0]?.time_zone ?? null,
      tell_when_taken: users.rows[0]?.tell_when_taken ?? true,
      chat_accounts: accounts.rows.map((row) => ({
        provider: { id: row.provider_id, name: row.provider },
        type: row.type,
        account_id: row.account_id,
        name: row.name,
        linked_at: row.created_at.toISOString(),
      })),
    };
  }

  const router = createRouter();
  router.openapi(read, async (c) => c.json(await profileOf(c.get('signedIn').userId), 200));
  router.openapi(change, async (c) => {
    const { userId } = c.get('signedIn');
    const { language, time_zone: timeZone, tell_when_taken: tellWhenTaken } = c.req.valid('json');
    await pool.query(
      `update users set language = case when $2 then $3 else language end, time_zone = case when $4 then $5 else time_zone end,
         tell_when_taken = coalesce($6, tell_when_taken) where id = $1`,
      [userId, language !== undefined, language ?? null, timeZone !== undefined, timeZone ?? null, tellWhenTaken ?? null],
    );
    return c.json(await profileOf(userId), 200);
  });
  router.openapi(makeCode, async (c) => {
    const code = `${codeOf(4)}-${codeOf(4)}`;
    const { rows } = await pool.query<{ expires_at: Date }>(
      `with old as (delete from chat_link_codes where user_id = $2 or created_at < now() - make_interval(mins => $3))
       insert into chat_link_codes (code_hash, user_id) values ($1, $2) returning created_at + make_interval(mins => $3) as expires_at`,
      [linkCodeHash(code), c.get('signedIn').userId, linkCodeMinutes],
    );
    return c.json({ code, expires_at: (rows[0] as { expires_at: Date }).expires_at.toISOString() }, 201);
  });
  router.openapi(unlink, async (c) => {
    const { provider, account } = c.req.valid('param');
    const { rowCount } = await pool.query('delete from chat_accounts where provider_id = $1 and account_id = $2 and user_id = $3', [
      provider,
      account,
      c.get('signedIn').userId,
    ]);
    if (rowCount === 0) throw notFound('linked account');
    return c.body(null, 204);
  });
  return router;
}
