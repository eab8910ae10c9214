import { readdir } from 'node:fs/promises';
import { Client, Pool } from 'pg';
import { createOrm, migrationsDir, type MikroORM } from './orm.ts';

/** Entities and migrations by the ORM; the pool is for the few statements that must be written by hand (intake, relay, ledger). */
export interface Database {
  readonly orm: MikroORM;
  readonly pool: Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Shown in pg_stat_activity: `imas-api`, `imas-worker`. */
  readonly applicationName?: string;
  /** Connections of the pool, 10 when absent. */
  readonly poolSize?: number;
  /** Connections that the ORM has of its own, 10 when absent. */
  readonly ormPoolSize?: number;
  /** How long the pool waits for a connection, milliseconds: an alert's sender must hear of a lost store at once. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds after which Postgres gives a statement up. */
  readonly statementTimeoutMs?: number;
  /** A pooled connection broke while idle (Postgres went away). The pool makes a new one by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** Beyond Postgres's own limit: by then a connection is dead, though nothing has said so (a host that is gone without a word). */
const silenceMs = 2_000;

/** Connects lazily: it succeeds while Postgres is away, and statements fail until it is back. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const applicationName = options.applicationName ?? 'imas';
  const poolSize = options.poolSize ?? 10;
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const onConnectionLost = options.onConnectionLost ?? (() => undefined);
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max: poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 1_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + silenceMs,
    idle_in_transaction_session_timeout: statementTimeoutMs * 2,
    keepAlive: true,
    // Statements that nobody waits for in between travel together: https://node-postgres.com/features/pipelining
    pipeline: true,
  });
  pool.on('error', onConnectionLost);
  // pg-pool takes its own listener away while a client is checked out; an unheard 'error' would end the process.
  pool.on('connect', (client) => client.on('error', onConnectionLost));
  const orm = await createOrm(url, { applicationName: `${applicationName}-orm`, poolSize: options.ormPoolSize ?? 10, statementTimeoutMs });
  let closing: Promise<void> | undefined;
  return {
    orm,
    pool,
    close() {
      closing ??= Promise.all([orm.close(true), pool.end()]).then(() => undefined);
      return closing;
    },
  };
}

/** Any number that no other program of the same database uses. */
const migrationLock = 4_970_115;

/**
 * Applies what is missing from `migrations/`, in one transaction. Several processes may call it at once: they wait for each
 * other on an advisory lock. With `to`, it goes no further than that one. Returns the names of what was applied now. @throws NewerSchema
 */
export async function migrate(url: string, { to }: { readonly to?: string | undefined } = {}): Promise<readonly string[]> {
  const guard = new Client({ connectionString: url, application_name: 'imas-migrate', connectionTimeoutMillis: 5_000 });
  await guard.connect();
  try {
    await guard.query('select pg_advisory_lock($1)', [migrationLock]);
    const orm = await createOrm(url, { applicationName: 'imas-migrate', poolSize: 2, statementTimeoutMs: 0 });
    try {
      await refuseNewerSchema(orm);
      const applied = await orm.migrator.up(to === undefined ? undefined : { to });
      return applied.map((migration) => migration.name);
    } finally {
      await orm.close(true);
    }
  } finally {
    await guard.end();
  }
}

/** Names of those that this version has, in order. */
export const knownMigrations = async (): Promise<readonly string[]> =>
  (await readdir(migrationsDir)).map((file) => file.replace(/\.ts$/, '')).toSorted();

/** The database was brought further than this program knows. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';

  constructor(unknown: readonly string[]) {
    super(
      `The database belongs to a newer version of IMAS (${unknown.join(', ')} is unknown to this one): run that version, or restore a backup that was made before it.`,
    );
  }
}

/** A program that writes without knowing what was changed would spoil it. */
async function refuseNewerSchema(orm: MikroORM): Promise<void> {
  const known = new Set(await knownMigrations());
  const unknown = (await orm.migrator.getExecuted()).map(({ name }) => name.replace(/\.ts$/, '')).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new NewerSchema(unknown);
}

/** Names of the migrations that `migrate` would apply. @throws NewerSchema */
export async function pendingMigrations(url: string): Promise<readonly string[]> {
  const orm = await createOrm(url, { applicationName: 'imas-migrate', poolSize: 1, statementTimeoutMs: 15_000 });
  try {
    await refuseNewerSchema(orm);
    return (await orm.migrator.getPending()).map((migration) => migration.name);
  } finally {
    await orm.close(true);
  }
}
