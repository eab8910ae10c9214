import type { Config } from '../config.ts';
import { migrate, openDatabase } from '../db/database.ts';
import { runBatchedChanges, type BatchedProgress } from '../db/run-batched-changes.ts';
import { ensureAdmin } from './admin-password.ts';
import { databaseProblem } from './database-problem.ts';
import { Stop } from './stop.ts';

export interface MigrateOptions {
  readonly resetAdminPassword: boolean;
  readonly json: boolean;
}

/** `imas migrate`: safe to run again, and by several at once. */
export async function runMigrate(databaseUrl: string, config: Config, options: MigrateOptions): Promise<void> {
  const problem = await databaseProblem(databaseUrl);
  if (problem !== null) throw new Stop(problem);
  const applied = await migrate(databaseUrl);
  const changed = await runBatchedChanges(databaseUrl, { onProgress: progressLines() });
  const database = await openDatabase(databaseUrl, { applicationName: 'imas-migrate', poolSize: 1, connectTimeoutMs: 5_000 });
  try {
    const admin = await ensureAdmin(database.pool, config, options.resetAdminPassword);
    // A password that came in by the environment is known already.
    const shown = config.admin.password === null ? admin.password : null;
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ applied, changed, admin: { username: admin.username, password: shown } })}\n`);
      return;
    }
    process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
    if (admin.password !== null) {
      process.stdout.write(
        `Admin: ${admin.username}${shown === null ? ' (password from IMAS_ADMIN_PASSWORD)' : `, password ${shown} (shown only once)`}\n`,
      );
    }
  } finally {
    await database.close();
  }
}

/** A line a change and second at most, and one for its end. */
export function progressLines(): (progress: BatchedProgress) => void {
  let saidAtMs = 0;
  return ({ change, done, total }) => {
    if (done < total && performance.now() - saidAtMs < 1_000) return;
    saidAtMs = performance.now();
    process.stderr.write(`${change}: ${done} of ${total} rows\n`);
  };
}
