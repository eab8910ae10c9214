import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that ended but was not waited for by its parent counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Command and arguments in one line; null when there is no such process or the system does not say. */
export async function commandLineOf(pid: number): Promise<string | null> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim() || null;
  } catch {
    return run('ps', ['-p', String(pid), '-o', 'command=']).then(
      ({ stdout }) => stdout.trim() || null,
      () => null,
    );
  }
}

/** Signals a process that is no child of ours and waits until it is gone; kills it when it is still there after `patienceMs`. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  for (const [with_, forMs] of [
    [signal, patienceMs],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(pid, with_);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < forMs; waitedMs += 50) {
      if (!isRunning(pid)) return;
      await delay(50);
    }
  }
}
