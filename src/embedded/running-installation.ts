import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { appDatabaseUrl } from './app-database.ts';
import { commandLineOf } from './processes.ts';

/** Where the parts of an installation that `imas up` runs can be reached; null for one that does not run. */
export interface RunningInstallation {
  readonly databaseUrl: string | null;
  readonly temporalAddress: string | null;
  /** Null before the first start. */
  readonly secretKey: string | null;
}

/** Reads what the parts left in the data folder. Starts and changes nothing. */
export async function findRunning(dataDir: string, databaseName: string): Promise<RunningInstallation> {
  const path = resolve(dataDir);
  const elsewhere = await read(join(path, 'postgres-location'));
  const [databaseUrl, temporalAddress, secretKey] = await Promise.all([
    databaseOf(elsewhere ?? join(path, 'postgres'), databaseName),
    temporalOf(join(path, 'temporal', 'temporal.pid')),
    read(join(path, 'secret.key')),
  ]);
  return { databaseUrl, temporalAddress, secretKey };
}

/** Line 4 of postmaster.pid is the port (src/include/utils/pidfile.h of Postgres). */
async function databaseOf(postgresPath: string, databaseName: string): Promise<string | null> {
  const lines = (await read(join(postgresPath, 'cluster', 'postmaster.pid')))?.split('\n') ?? [];
  const port = Number(lines[3]);
  return Number.isInteger(port) && port > 0 ? appDatabaseUrl(postgresPath, port, databaseName) : null;
}

async function temporalOf(pidFile: string): Promise<string | null> {
  const pid = Number(await read(pidFile));
  if (!Number.isInteger(pid) || pid <= 1) return null;
  const port = /--port=(\d+)/.exec((await commandLineOf(pid)) ?? '')?.[1];
  return port === undefined ? null : `127.0.0.1:${port}`;
}

const read = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
