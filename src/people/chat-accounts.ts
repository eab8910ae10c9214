import type { Pool } from 'pg';

/** By user, the account at this provider that is linked. */
export async function readChatAccounts(pool: Pool, providerId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ user_id: string; account_id: string }>({
    name: 'chat-accounts',
    text: 'select user_id, account_id from chat_accounts where provider_id = $1 and user_id = any($2::uuid[]) order by created_at',
    values: [providerId, [...userIds]],
  });
  return new Map(rows.map((row) => [row.user_id, row.account_id]));
}
