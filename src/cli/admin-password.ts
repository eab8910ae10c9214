import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { hashPassword } from '../secrets/password.ts';
import type { Config } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { ensureEssentials } from '../db/ensure-essentials.ts';

export interface AdminAccount {
  readonly username: string;
  /** Null when it was set before: only its hash is kept. */
  readonly password: string | null;
}

/**
 * Makes what every installation needs, and sees to it that the admin can sign in. A password that nobody chose is made,
 * given back once, and kept only as a hash.
 */
export async function ensureAdmin(pool: Pool, { admin, mail }: Config, reset: boolean): Promise<AdminAccount> {
  const { username } = admin;
  const { adminId, adminHasPassword } = await ensureEssentials(pool, {
    admin: { username, passwordHash: null },
    sources: createRegistry({ mail }).sources(),
  });
  if (adminHasPassword && !reset) return { username, password: null };
  const password = admin.password ?? randomBytes(12).toString('base64url');
  await pool.query('update users set password_hash = $2, is_active = true, updated_at = now() where id = $1', [
    adminId,
    await hashPassword(password),
  ]);
  // Whoever is signed in with the old password is signed out.
  if (reset) await pool.query(`delete from tokens where user_id = $1`, [adminId]);
  return { username, password };
}
