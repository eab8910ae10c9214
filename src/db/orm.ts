import { fileURLToPath } from 'node:url';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';

export type { MikroORM } from '@mikro-orm/postgresql';

export const migrationsDir = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface OrmOptions {
  readonly applicationName: string;
  readonly poolSize: number;
  /** 0 for no limit. */
  readonly statementTimeoutMs: number;
}

/** Opens no connection by itself. There is no global entity manager: every act forks its own. */
export function createOrm(url: string, options: OrmOptions): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    // The API maps the tables of resources: src/resources.
    entities: [],
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    pool: { min: 0, max: options.poolSize },
    driverOptions: {
      application_name: options.applicationName,
      connectionTimeoutMillis: 5_000,
      ...(options.statementTimeoutMs > 0 && { statement_timeout: options.statementTimeoutMs }),
    },
    migrations: {
      path: migrationsDir,
      pathTs: migrationsDir,
      emit: 'ts',
      silent: true,
      snapshot: false,
      snapshotOnMigrate: false,
      allOrNothing: true,
    },
  });
}
