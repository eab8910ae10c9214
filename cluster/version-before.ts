import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const project = fileURLToPath(new URL('..', import.meta.url));

export interface VersionBefore {
  /** Where its sources lie. */
  readonly dir: string;
  readonly commit: string;
  remove(): Promise<void>;
}

/**
 * The sources of the commit before, with our packages. Null where there is none that runs on our database: no git, no such commit, or
 * one that knows fewer migrations, and therefore does not start.
 */
export async function checkOutVersionBefore(): Promise<VersionBefore | null> {
  const git = async (...args: string[]): Promise<string> => (await run('git', ['-C', project, ...args])).stdout.trim();
  const commit = await git('rev-parse', '--short', 'HEAD~1').catch(() => null);
  if (commit === null) return null;
  const dir = await mkdtemp(join(tmpdir(), 'imas-version-before-'));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  await run('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', project, commit, dir]);
  await symlink(join(project, 'node_modules'), join(dir, 'node_modules'));
  const migrations = (base: string): Promise<string[]> => readdir(join(base, 'migrations'));
  const known = new Set(existsSync(join(dir, 'migrations')) ? await migrations(dir) : []);
  if ((await migrations(project)).every((name) => known.has(name))) return { dir, commit, remove };
  await remove();
  return null;
}
