import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const entry = fileURLToPath(new URL('../../src/cli/imas.ts', import.meta.url));

type Settings = Readonly<Record<string, string>>;

/** Nothing of the caller's own settings. */
const environment = (settings: Settings): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  NODE_ENV: 'test',
  ...settings,
});

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the `imas` program to its end. */
export function imas(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: project, env: environment(settings), timeout: 150_000 };
    const child = execFile(process.execPath, [entry, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

export interface Up {
  readonly child: ChildProcess;
  readonly url: string;
  readonly startedInMs: number;
  readonly admin: { readonly username: string; readonly password: string | null };
  /** What it has said so far, a line each. */
  readonly said: readonly string[];
  readonly ended: Promise<Ended>;
}

/** Starts `imas up` and waits until it says that everything is up. */
export async function startUp(settings: Settings, options: readonly string[] = []): Promise<Up> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [entry, 'up', '--json', ...options], {
    cwd: project,
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout: '', stderr: said.join('\n') })));
  const ready = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const line = await Promise.race([ready, ended]);
  if (typeof line !== 'string') throw new Error(`imas up ended with ${line.code}: ${line.stderr}`);
  const { url, admin } = JSON.parse(line) as Pick<Up, 'url' | 'admin'>;
  return { child, url, admin, said, ended, startedInMs: performance.now() - startedAtMs };
}

/** Process ids below `pid`, at any depth. */
export async function descendants(pid: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] => pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Those of `pids` that are still there after `withinMs`. */
export async function survivors(pids: readonly number[], withinMs: number): Promise<readonly number[]> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await delay(50)) {
    if (!pids.some(isAlive)) return [];
  }
  return pids.filter(isAlive);
}
