import type { Pool } from 'pg';

/** Whether somebody is an active user, as of now: others are never on call. */
export async function activeUsers(pool: Pool): Promise<(userId: string) => boolean> {
  const { rows } = await pool.query<{ id: string }>('select id from users where is_active');
  const ids = new Set(rows.map(({ id }) => id));
  return (userId) => ids.has(userId);
}
