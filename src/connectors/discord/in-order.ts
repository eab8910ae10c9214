import { setTimeout as pause } from 'node:timers/promises';

export interface InOrder<T> {
  /** Whether there was room for it. */
  add(item: T): boolean;
}

/** So much waits at most while what takes it is away. */
const longest = 1_000;

/** Hands one after another, each until it is taken: a change of what somebody wrote must not come before it. */
export function inOrder<T>(take: (item: T) => Promise<unknown>, signal: AbortSignal, pauseMs: (failures: number) => number): InOrder<T> {
  const waiting: T[] = [];
  let isBusy = false;
  const run = async (): Promise<void> => {
    isBusy = true;
    let failures = 0;
    while (waiting.length > 0 && !signal.aborted) {
      try {
        await take(waiting[0] as T);
        waiting.shift();
        failures = 0;
      } catch {
        failures += 1;
        await pause(pauseMs(failures), undefined, { signal }).catch(() => undefined);
      }
    }
    isBusy = false;
  };
  return {
    add(item) {
      if (waiting.length >= longest) return false;
      waiting.push(item);
      if (!isBusy) void run();
      return true;
    },
  };
}
