import { spawn, type ChildProcess } from 'node:child_process';

export interface Guard {
  /** The child is stopped by its parent now: the guard is no longer needed. */
  release(): void;
}

/**
 * Stops a child that knows nothing of its parent when that parent is killed outright: a shell waits on a pipe that the system
 * closes with the parent, whatever way it died, and then signals the child.
 */
export function guardChild(child: ChildProcess, signal: 'INT' | 'TERM'): Guard {
  const script = `read -r line; [ "$line" = released ] || kill -${signal} "$1" 2>/dev/null`;
  const guard = spawn('/bin/sh', ['-c', script, 'imas-guard', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  const release = (): void => {
    guard.stdin.end('released\n');
  };
  child.once('exit', release);
  return { release };
}
