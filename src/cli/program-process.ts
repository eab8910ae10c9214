import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentWith } from '../config.ts';
import { workerNodeFlags } from '../worker/node-flags.ts';
import type { Running } from './keep-running.ts';

const entry = fileURLToPath(new URL('imas.ts', import.meta.url));

export interface ProgramProcess {
  readonly command: 'api' | 'worker';
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and errors; what an earlier start wrote is kept as `<file>.1`. */
  readonly logFile: string;
  /** Milliseconds between asking it to stop and killing it. */
  readonly patienceMs: number;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

/** How long a program may take to say that it is ready. */
const readyWithinMs = 60_000;

/**
 * Runs `imas api` or `imas worker` as a child that ends with us, even when we are killed: its end of the channel closes then.
 * Resolves when it says that it is ready. @throws Error that says how it ended, when it does not come to that
 */
export async function startProgram(options: ProgramProcess): Promise<Running> {
  await rename(options.logFile, `${options.logFile}.1`).catch(() => undefined);
  const log = await open(options.logFile, 'w', 0o600);
  const flags = options.command === 'worker' ? workerNodeFlags : [];
  const child = spawn(process.execPath, [...flags, entry, options.command], {
    env: environmentWith(options.env),
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    detached: true,
  });
  await log.close();
  const exited = new Promise<string>((resolve) => {
    child.once(
      'exit',
      (code, signal) => void lastWords(options.logFile).then((words) => resolve(`${signal ?? `exit code ${code}`}${words}`)),
    );
    child.once('error', (error) => resolve(error.message));
  });
  const running: Running = {
    exited,
    async stop() {
      child.kill('SIGTERM');
      const late = await Promise.race([exited.then(() => false), delay(options.patienceMs, true, { ref: false })]);
      if (late) child.kill('SIGKILL');
      await exited;
    },
  };
  const ready = new Promise<null>((resolve) => child.once('message', () => resolve(null)));
  const giveUp = AbortSignal.any([options.signal, AbortSignal.timeout(readyWithinMs)]);
  const gaveUp = once(giveUp, 'abort').then(() => (options.signal.aborted ? 'asked to stop' : 'not ready after a minute'));
  const problem = await Promise.race([ready, exited, gaveUp]);
  if (problem === null) return running;
  await running.stop();
  throw new Error(problem);
}

/** What a program wrote last, which usually says why it ended: a plain line, or the message of a JSON line. */
async function lastWords(logFile: string): Promise<string> {
  const line = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
  const message = /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return message === '' ? '' : `: ${message.slice(0, 200)}`;
}

/** Called by a program at its start: when whoever started it is gone, it stops as if it had been asked to. */
export function stopWithParent(): void {
  if (process.channel === undefined) return;
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 12_000).unref();
  });
}
