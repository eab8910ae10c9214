import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

const role = 'imas';
/** Beside the cluster, as the superuser's: readable by whoever runs IMAS. */
const passwordFile = 'app-password';

/** Where the database of an embedded server is, for a role that owns it and nothing else; null before its first start. */
export async function appDatabaseUrl(postgresDir: string, port: number, database: string): Promise<string | null> {
  const password = await readPassword(postgresDir);
  return password === null ? null : urlOf(`127.0.0.1:${port}`, database, password);
}

/**
 * Makes the database and a role of its own for the programs, so that none of them is the server's superuser, who could read files and
 * run commands. What an earlier version made as superuser changes hands. Returns the role's URL.
 */
export async function ensureAppDatabase(serverUrl: string, postgresDir: string, database: string): Promise<string> {
  const password = (await readPassword(postgresDir)) ?? (await makePassword(postgresDir));
  await asSuperuser(serverUrl, null, async (client) => {
    const known = await client.query('select from pg_roles where rolname = $1', [role]);
    if (known.rowCount === 0) await client.query(`create role ${role}`);
    await client.query(
      `alter role ${role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${escapeLiteral(password)}`,
    );
    const found = await client.query('select from pg_database where datname = $1', [database]);
    const name = escapeIdentifier(database);
    await client.query(found.rowCount === 0 ? `create database ${name} owner ${role}` : `alter database ${name} owner to ${role}`);
  });
  await asSuperuser(serverUrl, database, (client) => client.query(takeOver));
  return urlOf(new URL(serverUrl).host, database, password);
}

/** Relations, functions and types of the schema that are not the role's. Sequences of columns go with their table. */
const takeOver = `do $$
declare command text;
begin
  for command in
    select format('alter %s %s owner to ${role}',
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, c.oid::regclass)
    from pg_class c
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and relowner <> '${role}'::regrole
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype in ('a', 'i', 'e'))
    union all
    select format('alter routine %s owner to ${role}', p.oid::regprocedure) from pg_proc p
    where pronamespace = 'public'::regnamespace and proowner <> '${role}'::regrole
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
    union all
    select format('alter type %s owner to ${role}', t.oid::regtype) from pg_type t
    where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r') and typowner <> '${role}'::regrole
      and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = t.oid and deptype = 'e')
  loop
    execute command;
  end loop;
end $$`;

async function asSuperuser(serverUrl: string, database: string | null, act: (client: Client) => Promise<unknown>): Promise<void> {
  const url = new URL(serverUrl);
  if (database !== null) url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href, application_name: 'imas-up' });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

const urlOf = (host: string, database: string, password: string): string =>
  `postgresql://${role}:${encodeURIComponent(password)}@${host}/${database}`;

const readPassword = (postgresDir: string): Promise<string | null> =>
  readFile(join(postgresDir, passwordFile), 'utf8').then(
    (text) => text.trim(),
    (error: { code?: string }) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );

async function makePassword(postgresDir: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const file = join(postgresDir, passwordFile);
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}
