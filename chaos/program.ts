import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArmedFailPoint } from '../src/observe/fail-point.ts';

const ownProject = fileURLToPath(new URL('..', import.meta.url));
const plantHook = fileURLToPath(new URL('plant-hook.ts', import.meta.url));

export interface ProgramOptions {
  /** `worker-1`. */
  readonly name: string;
  readonly command: 'api' | 'worker';
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** A planted bug that it runs with. */
  readonly plant: string | null;
}

const readyWithinMs = 90_000;

/** `imas api` or `imas worker` as a process that can be killed and started again. */
export class Program {
  readonly name: string;
  readonly command: 'api' | 'worker';
  readonly logFile: string;
  private readonly options: ProgramOptions;
  private child: ChildProcess | null = null;
  /** Where the program's sources lie; another folder is another version of it. */
  project = ownProject;
  private gone: Promise<string> = Promise.resolve('not started');

  constructor(options: ProgramOptions) {
    this.options = options;
    ({ name: this.name, command: this.command, logFile: this.logFile } = options);
  }

  /** Resolves with how it ended. */
  get exited(): Promise<string> {
    return this.gone;
  }

  /** Resolves when it is ready. `at`: where it shall die. @throws Error when it ends before */
  async start(at: ArmedFailPoint | null = null, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { command, plant } = this.options;
    const log = await open(this.logFile, 'a', 0o600);
    const args = [...(plant === null ? [] : ['--import', plantHook]), join(this.project, 'src/cli/imas.ts'), command];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...this.options.env,
        ...env,
        ...(plant !== null && { IMAS_CHAOS_PLANT: plant }),
        ...(at !== null && { IMAS_FAIL_POINT: `${at.step}:${at.nth}` }),
      },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await log.close();
    this.child = child;
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => resolve(error.message));
    });
    const ready = new Promise<null>((resolve) => child.once('message', () => resolve(null)));
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('not ready in time'), readyWithinMs).unref());
    const problem = await Promise.race([ready, this.gone, late]);
    // A step may be come by before it is ready: then it died as it should.
    if (problem !== null && !(at !== null && problem === 'SIGKILL'))
      throw new Error(`${this.name} did not start: ${problem} (${await this.lastLine()})`);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<string> {
    this.child?.kill(signal);
    return this.gone;
  }

  /** Whole log, all starts. */
  log(): Promise<string> {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }

  private async lastLine(): Promise<string> {
    return (await this.log()).trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  }
}
