import { hash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from 'pino';

const sourceDir = fileURLToPath(new URL('..', import.meta.url));
const lockFile = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
const workflowsPath = join(sourceDir, 'workflows', 'index.ts');
const cacheDir = fileURLToPath(new URL('../../.cache/workflows', import.meta.url));
/** All that a workflow may import: see the layer walls. */
const sourceFolders = ['workflows', 'contract', 'domain'];

/**
 * The workflows as one file, made anew when their sources or the SDK have changed: bundling takes some seconds, a start should not.
 * @param interceptors modules that are bundled with them
 */
export async function workflowBundle(
  log?: Pick<Logger, 'error'>,
  interceptors: readonly string[] = [],
): Promise<{ readonly codePath: string }> {
  const codePath = join(cacheDir, `${await digestOfSources(interceptors)}.js`);
  const cached = await readFile(codePath).catch(() => null);
  if (cached === null) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      // Loaded once a thread instead of once a run: our modules keep nothing in their own scope.
      preloadModules: [workflowsPath],
      payloadConverterPath: join(sourceDir, 'workflows', 'payload-converter.ts'),
      workflowInterceptorModules: [...interceptors],
      logger: { log: noop, trace: noop, debug: noop, info: noop, warn: noop, error: (message) => log?.error(message) },
    });
    await mkdir(cacheDir, { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    await writeFile(draft, code);
    await rename(draft, codePath);
  }
  return { codePath };
}

function noop(): void {}

async function digestOfSources(interceptors: readonly string[]): Promise<string> {
  const names = await Promise.all(
    sourceFolders.map(async (folder) =>
      (await readdir(join(sourceDir, folder), { recursive: true })).map((name) => join(sourceDir, folder, name)),
    ),
  );
  const files = [
    ...names
      .flat()
      .filter((name) => name.endsWith('.ts'))
      .toSorted(),
    ...interceptors,
    fileURLToPath(import.meta.url),
    lockFile,
  ];
  const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return hash('sha256', contents.join('\0'), 'hex').slice(0, 24);
}
