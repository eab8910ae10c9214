import type { Pool } from 'pg';

export interface NamedScope {
  readonly id: string;
  readonly name: string;
}

/** The active ones of these. */
export async function activeScopes(pool: Pool, ids: readonly string[]): Promise<readonly NamedScope[]> {
  const { rows } = await pool.query<NamedScope>(
    'select id, name from impact_scopes where id = any($1::uuid[]) and is_active order by name',
    [[...ids]],
  );
  return rows;
}

/** The active one that is called so, in any case; null where there is none. */
export async function findScope(pool: Pool, name: string): Promise<NamedScope | null> {
  const { rows } = await pool.query<NamedScope>('select id, name from impact_scopes where lower(name) = lower($1) and is_active', [name]);
  return rows[0] ?? null;
}
