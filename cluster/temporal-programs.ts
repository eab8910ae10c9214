import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** That of docker-compose.yml. */
export const temporalVersion = '1.31.0';

const cacheDir = fileURLToPath(new URL('../.cache', import.meta.url));

/** Go's name of a package, and that of the program in Temporal's images. */
const programs = [
  ['go.temporal.io/server/cmd/server', 'server', 'temporal-server'],
  ['go.temporal.io/server/cmd/tools/sql', 'sql', 'temporal-sql-tool'],
] as const;

/** Whether the server can be built here. */
export const hasGo = (): Promise<boolean> =>
  run('go', ['version']).then(
    () => true,
    () => false,
  );

/**
 * The folder with `temporal-server` and `temporal-sql-tool`. Built there by Go when it is missing, which takes some minutes; Go checks what it
 * fetches against its checksum database. @throws Error with the compiler's last words
 */
export async function temporalPrograms(say: (line: string) => void): Promise<string> {
  const folder = join(cacheDir, `temporal-server-${temporalVersion}`);
  if (await isExecutable(join(folder, 'temporal-server'))) return folder;
  say(`Building Temporal's server ${temporalVersion}: some minutes`);
  await mkdir(cacheDir, { recursive: true });
  const built = await mkdtemp(join(cacheDir, 'building-'));
  try {
    for (const [path, name, program] of programs) {
      await run('go', ['install', `${path}@v${temporalVersion}`], { env: { ...goEnvironment(), GOBIN: built, CGO_ENABLED: '0' } });
      await rename(join(built, name), join(built, program));
    }
    await rename(built, folder);
  } catch (error) {
    await rm(built, { recursive: true, force: true });
    const words = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? (error as Error).message;
    throw new Error(`Temporal's server could not be built: ${words}`);
  }
  return folder;
}

/** A `GOOS` of whoever cross-compiles something else is not for us. */
function goEnvironment(): NodeJS.ProcessEnv {
  const { GOOS: _system, GOARCH: _architecture, ...rest } = process.env;
  return rest;
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
