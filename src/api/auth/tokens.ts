import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { SignedIn } from './signed-in.ts';

export type TokenKind = 'api' | 'session';

export const sessionSeconds = 14 * 24 * 3600;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Makes a token of 256 random bits; only its hash is kept, so it is shown once. API tokens do not expire, sessions do. */
export async function issueToken(pool: Pool, userId: string, kind: TokenKind): Promise<string> {
  const token = `imas_${randomBytes(32).toString('base64url')}`;
  await pool.query(
    `insert into tokens (user_id, hash, kind, expires_at)
     values ($1, $2, $3, case when $3 = 'session' then now() + make_interval(secs => $4) end)`,
    [userId, hashOf(token), kind, sessionSeconds],
  );
  return token;
}

/** Whose token this is; null when it is unknown, expired, of the other kind, or its user is not active. */
export async function readToken(pool: Pool, token: string, kind: TokenKind): Promise<SignedIn | null> {
  const { rows } = await pool.query<UserRow & { stale: boolean; token_id: string }>(
    `select u.id, u.username, u.display_name, u.email, u.is_staff, t.id as token_id,
            coalesce(t.last_used_at < now() - interval '5 minutes', true) as stale
     from tokens t join users u on u.id = t.user_id
     where t.hash = $1 and t.kind = $2 and u.is_active and (t.expires_at is null or t.expires_at > now())`,
    [hashOf(token), kind],
  );
  const row = rows[0];
  if (row === undefined) return null;
  if (row.stale) await pool.query('update tokens set last_used_at = now() where id = $1', [row.token_id]);
  return {
    userId: row.id,
    username: row.username,
    displayName: row.display_name || row.username,
    email: row.email,
    isStaff: row.is_staff,
    by: kind === 'session' ? 'session' : 'token',
    tokenId: row.token_id,
  };
}

export async function revokeToken(pool: Pool, token: string): Promise<void> {
  await pool.query('delete from tokens where hash = $1', [hashOf(token)]);
}

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly is_staff: boolean;
}
