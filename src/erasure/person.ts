import type { Pool } from 'pg';
import { CannotErase } from './erasure.ts';
import type { PersonTexts } from './replacer.ts';

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly texts: PersonTexts;
}

interface Row {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly contact_methods: readonly { readonly address?: string | null }[];
}

/** By username. `also`: further words that name them in what people wrote. @throws CannotErase */
export async function findPerson(pool: Pool, username: string, also: readonly string[]): Promise<Person> {
  const { rows } = await pool.query<Row>(
    'select id, username, display_name, email, phone, contact_methods from users where lower(username) = lower($1)',
    [username],
  );
  const row = rows[0];
  if (row === undefined) throw new CannotErase(`There is no user ${username}.`);
  const pseudonym = `erased-user-${row.id.slice(0, 8)}`;
  if (row.username === pseudonym) throw new CannotErase(`${row.username} is erased already.`);
  const addresses = [row.email, row.phone, ...row.contact_methods.map(({ address }) => address)];
  return {
    id: row.id,
    username: row.username,
    texts: { names: some([row.display_name, row.username]), addresses: some(addresses), also: some(also), pseudonym },
  };
}

const some = (texts: readonly (string | null | undefined)[]): string[] => [
  ...new Set(texts.map((text) => text?.trim() ?? '').filter((text) => text !== '')),
];
