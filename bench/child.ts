import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { environmentWith } from '../src/config.ts';

/** A program of its own, which ends with this one: its channel closes then. */
export interface Child {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Resolves when it says `ready` over its channel. @throws Error when it ends before */
export async function startChild({ args, env, logFile }: ChildOptions): Promise<Child> {
  const log = await open(logFile, 'w');
  const child = spawn(process.execPath, args, { env: environmentWith(env), stdio: ['ignore', log.fd, log.fd, 'ipc'] });
  await log.close();
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child, 'message').then(() => 'ready' as const), exited.then(() => 'ended' as const)]);
  if (first === 'ended') throw new Error(`${args.join(' ')} ended before it was ready (see ${logFile})`);
  return {
    pid: child.pid as number,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
