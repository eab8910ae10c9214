import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Reader } from '../domain/reader.ts';
import { anyReader } from '../domain/reader.ts';

/** Who did something in a chat. */
export interface ChatUser {
  readonly id: string;
  readonly name: string;
  readonly reader: Reader;
}

export interface ChatAccount {
  readonly providerId: string;
  readonly accountId: string;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly language: Reader['language'] | null;
  readonly time_zone: string | null;
}

const userOf = ({ id, name, language, time_zone: timeZone }: Row): ChatUser => ({
  id,
  name,
  reader: { language: language ?? anyReader.language, timeZone: timeZone ?? anyReader.timeZone },
});

const columns = `u.id, coalesce(nullif(u.display_name, ''), u.username) as name, u.language, u.time_zone`;

/** The active user whose account it is; null where it is nobody's yet. */
export async function findLinked(pool: Pool, { providerId, accountId }: ChatAccount): Promise<ChatUser | null> {
  const { rows } = await pool.query<Row>({
    name: 'chat-account',
    text: `select ${columns} from chat_accounts a join users u on u.id = a.user_id where a.provider_id = $1 and a.account_id = $2 and u.is_active`,
    values: [providerId, accountId],
  });
  return rows[0] === undefined ? null : userOf(rows[0]);
}

/** Links an account to the one active user with the mail address that the vendor vouches for. Null where nobody has it, or two have. */
export async function linkByMail(
  pool: Pool,
  account: ChatAccount,
  { name, email }: { name: string; email: string },
): Promise<ChatUser | null> {
  const { rows } = await pool.query<Row>(`select ${columns} from users u where lower(u.email) = lower($1) and u.is_active`, [email]);
  const [row] = rows;
  if (row === undefined || rows.length > 1) return null;
  await link(pool, account, { userId: row.id, name });
  return userOf(row);
}

export async function link(
  pool: Pool,
  { providerId, accountId }: ChatAccount,
  { userId, name }: { userId: string; name: string },
): Promise<void> {
  await pool.query(
    `insert into chat_accounts (provider_id, account_id, user_id, name) values ($1, $2, $3, $4)
     on conflict (provider_id, account_id) do update set user_id = excluded.user_id, name = excluded.name`,
    [providerId, accountId, userId, name],
  );
}

/** How long a code is good for, minutes. */
export const linkCodeMinutes = 10;

export const linkCodeHash = (code: string): string => hash('sha256', code.trim().toUpperCase(), 'hex');

/** Links an account to whoever made the code on their profile. A code is good once. Null where it is none, or too old. */
export async function linkByCode(pool: Pool, account: ChatAccount, name: string, code: string): Promise<ChatUser | null> {
  const { rows } = await pool.query<{ user_id: string }>(
    `delete from chat_link_codes where code_hash = $1 returning user_id, created_at > now() - make_interval(mins => $2) as is_good`,
    [linkCodeHash(code), linkCodeMinutes],
  );
  const [row] = rows as { user_id: string; is_good: boolean }[];
  if (row === undefined || !row.is_good) return null;
  await link(pool, account, { userId: row.user_id, name });
  return findLinked(pool, account);
}

/** Whoever is meant by `ann`, `@ann`, `Ann Arden`, a mail address, or the chat's own mention `<@U123>`. Null for nobody, or for several. */
export async function findPerson(pool: Pool, providerId: string, who: string): Promise<ChatUser | null> {
  const mentioned = /^<@!?([A-Z0-9]+)(?:\|[^>]*)?>$/i.exec(who.trim())?.[1];
  if (mentioned !== undefined) return findLinked(pool, { providerId, accountId: mentioned });
  const { rows } = await pool.query<Row>(
    `select ${columns} from users u where u.is_active and lower($1) in (lower(u.username), lower(u.display_name), lower(u.email)) limit 2`,
    [who.trim().replace(/^@/, '')],
  );
  return rows.length === 1 && rows[0] !== undefined ? userOf(rows[0]) : null;
}
