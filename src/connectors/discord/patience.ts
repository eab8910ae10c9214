import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds that a reply is waited for before Discord is told that it follows: Discord waits for three seconds. */
  readonly replyMs: number;
  /** Milliseconds before the next try. @param failures how many tries in a row came to nothing */
  readonly pauseMs: (failures: number) => number;
}

export const usualPatience: Patience = {
  replyMs: 2_000,
  // Twice as long each time, up to a minute; a part of it at random, so that not all come back at once.
  pauseMs: (failures) => Math.min(60_000, 1_000 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2),
};

/** Until the time is over, or the signal ends it. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined);
