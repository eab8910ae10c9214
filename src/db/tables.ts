import type { Client } from 'pg';

export interface Table {
  readonly name: string;
  /** Without those that Postgres computes. */
  readonly columns: readonly string[];
}

/** Where the migrator keeps what it applied: it says what a database is, and is no content of it. */
const ofTheMigrator = 'mikro_orm_migrations';

/** Everything that holds content, by name. */
export async function readTables(client: Client): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1
     group by c.relname order by c.relname`,
    [ofTheMigrator],
  );
  return rows;
}

export interface Sequence {
  readonly name: string;
  /** As text: a sequence counts further than a number of JavaScript. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** Those of identity columns too. */
export async function readSequences(client: Client): Promise<readonly Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'S' order by relname`,
  );
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const { rows: states } = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value, is_called from ${quoted(name)}`,
    );
    sequences.push({ name, lastValue: states[0]?.last_value ?? '1', isCalled: states[0]?.is_called ?? false });
  }
  return sequences;
}

/** Names of the migrations that the database has. */
export async function readMigrations(client: Client): Promise<readonly string[]> {
  const { rows: found } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [ofTheMigrator]);
  if (found[0]?.found !== true) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${ofTheMigrator} order by name`);
  return rows.map(({ name }) => name);
}

/** https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
