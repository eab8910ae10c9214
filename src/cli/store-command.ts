import type { Config } from '../config.ts';
import { openDatabase, type Database } from '../db/database.ts';
import { findInstallation, type Installation } from './installation.ts';

/** Opens the store of the installation for one command, and closes it. @throws Stop when there is none, or it does not answer */
export async function withStore<T>(config: Config, act: (database: Database, installation: Installation) => Promise<T>): Promise<T> {
  const installation = await findInstallation(config);
  const database = await openDatabase(installation.databaseUrl, {
    applicationName: 'imas-cli',
    poolSize: 4,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 30_000,
  });
  try {
    return await act(database, installation);
  } finally {
    await database.close();
  }
}
