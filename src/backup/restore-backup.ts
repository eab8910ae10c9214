import { Client } from 'pg';
import { copyIn } from '../db/copy.ts';
import { knownMigrations, migrate } from '../db/database.ts';
import { quoted, readMigrations, readTables } from '../db/tables.ts';
import { countRows, openBackupFile, UnusableBackup, type BackupEnd, type BackupHeader, type BackupReader } from './backup-file.ts';
import type { TableProgress } from './create-backup.ts';

export interface RestoreOptions {
  readonly databaseUrl: string;
  readonly file: string;
  /** Of the secret keys that the installation has. */
  readonly keyFingerprints: readonly string[];
  /** Puts the backup in the place of what the database holds. */
  readonly replace: boolean;
  readonly onProgress?: (progress: TableProgress) => void;
}

export interface Restored {
  readonly madeAt: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Migrations that came after the backup, applied now. */
  readonly applied: readonly string[];
}

/**
 * Makes the database what it was when the backup was made, all of it or nothing, and then brings it up to date.
 * @throws UnusableBackup for whatever speaks against it
 */
export async function restoreBackup({ databaseUrl, file, keyFingerprints, replace, onProgress }: RestoreOptions): Promise<Restored> {
  const backup = await openBackupFile(file);
  const client = new Client({ connectionString: databaseUrl, application_name: 'imas-restore', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    const { header } = backup;
    if (!keyFingerprints.includes(header.key_fingerprint))
      throw new UnusableBackup(
        'The secrets in this backup were sealed under another key than IMAS_SECRET_KEY: set it to the key of the installation that was backed up.',
      );
    const known = new Set(await knownMigrations());
    const unknown = header.migrations.filter((name) => !known.has(name));
    if (unknown.length > 0)
      throw new UnusableBackup(
        `The backup was made by a newer version of IMAS (${unknown.join(', ')} is unknown to this one): restore it with that one.`,
      );
    await client.connect();
    if (!replace && (await holdsSomething(client)))
      throw new UnusableBackup('The database is not empty: restore into an empty one, or replace all that it holds with --replace.');
    await reachSchemaOf(header, client, databaseUrl);
    const rows = await inTransaction(client, () => load(client, backup, onProgress));
    return { madeAt: header.made_at, rows, applied: await migrate(databaseUrl) };
  } finally {
    backup.close();
    await client.end();
  }
}

/** The migrations themselves put in a few rows: only what people and senders made counts. */
async function holdsSomething(client: Client): Promise<boolean> {
  const names = new Set((await readTables(client)).map(({ name }) => name));
  for (const name of ['users', 'services', 'providers', 'incidents', 'alerts'].filter((table) => names.has(table))) {
    const { rows } = await client.query<{ some: boolean }>(`select exists (select from ${quoted(name)}) as some`);
    if (rows[0]?.some === true) return true;
  }
  return false;
}

/** Rows fit the schema that they came from, and no other. */
async function reachSchemaOf({ migrations }: BackupHeader, client: Client, databaseUrl: string): Promise<void> {
  const wanted = new Set(migrations);
  const further = (await readMigrations(client)).filter((name) => !wanted.has(name));
  if (further.length > 0)
    throw new UnusableBackup(
      `The database is further than the backup (${further.join(', ')}): restore into an empty database, which is then brought up to date.`,
    );
  await migrate(databaseUrl, { to: migrations.toSorted().at(-1) });
}

async function load(client: Client, backup: BackupReader, onProgress: RestoreOptions['onProgress']): Promise<Record<string, number>> {
  const tables = await readTables(client);
  const names = tables.map(({ name }) => quoted(name)).join(', ');
  await client.query(`lock table ${names} in access exclusive mode`);
  // Rows come table by table, and point to those of tables that come later.
  const keys = await readForeignKeys(client);
  for (const { table, name } of keys) await client.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
  for (const { name } of tables) await client.query(`alter table ${quoted(name)} disable trigger user`);
  await client.query(`truncate ${names}`);
  const known = new Set(tables.map(({ name }) => name));
  const rows: Record<string, number> = {};
  let end: BackupEnd | null = null;
  while (end === null) {
    const next = await backup.next();
    if ('sequences' in next) {
      end = next;
      break;
    }
    const { table, columns } = next;
    if (!known.has(table)) throw new UnusableBackup(`The backup has a table "${table}", which its own version of the database has not.`);
    let count = 0;
    const counted = async function* (): AsyncIterable<Buffer> {
      for await (const piece of backup.rows()) {
        count += countRows(piece);
        onProgress?.({ table, rows: count, done: false });
        yield piece;
      }
    };
    await copyIn(client, `copy ${quoted(table)} (${columns.map(quoted).join(', ')}) from stdin`, counted());
    rows[table] = count;
    onProgress?.({ table, rows: count, done: true });
  }
  for (const [table, count] of Object.entries(end.rows))
    if (rows[table] !== count) throw new UnusableBackup(`The backup is damaged: "${table}" has ${rows[table] ?? 0} of ${count} rows.`);
  for (const { name, lastValue, isCalled } of end.sequences)
    await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(name), lastValue, isCalled]);
  for (const { table, name, definition } of keys)
    await client.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`);
  for (const { name } of tables) await client.query(`alter table ${quoted(name)} enable trigger user`);
  return rows;
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

async function readForeignKeys(client: Client): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and c.relnamespace = current_schema()::regnamespace`,
  );
  return rows;
}

async function inTransaction<T>(client: Client, act: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await act();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
