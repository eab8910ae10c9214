import { setTimeout as delay } from 'node:timers/promises';

/** One of the programs that make up an installation. */
export interface Running {
  /** Says how it ended. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface KeepRunning<T extends Running> {
  readonly name: string;
  /** Resolves when the program is ready; gives up, and leaves nothing behind, when the signal says so. */
  readonly start: (signal: AbortSignal) => Promise<T>;
  /** One line for the person who watches. */
  readonly say: (line: string) => void;
  /** No more starts after it. */
  readonly stopping: AbortSignal;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Having run this long, it starts from the first pause again. */
const steadyMs = 60_000;

/** Starts a program, and again whenever it ends by itself, with growing pauses. Only the first start may fail. */
export async function keepRunning<T extends Running>(options: KeepRunning<T>): Promise<{ readonly first: T; stop(): Promise<void> }> {
  const { name, start, say } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.stopping, stop.signal]);
  const first = await start(signal);
  let current: T | null = first;

  const watch = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      if (current !== null) {
        const startedAtMs = performance.now();
        const how = await current.exited;
        if (signal.aborted) return;
        current = null;
        if (performance.now() - startedAtMs > steadyMs) pauseMs = firstPauseMs;
        say(`${name} stopped unexpectedly (${how}): restarting in ${pauseMs / 1000} s`);
      }
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      try {
        current = await start(signal);
      } catch (error) {
        if (!signal.aborted) say(`${name} did not start (${(error as Error).message}): trying again in ${pauseMs / 1000} s`);
      }
    }
  };
  const watching = watch();
  return {
    first,
    async stop() {
      stop.abort();
      await current?.stop();
      await watching;
      // A start that was under way, and came through all the same.
      await current?.stop();
    },
  };
}
