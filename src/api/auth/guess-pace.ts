/** How guesses of one kind are slowed. */
export interface GuessPace {
  /** So many may come at once. Each further one doubles the wait, from a second on. */
  readonly free: number;
  /** One of them is forgotten every so often: what a patient guesser is held to, and how soon a slip of the hand is forgiven. */
  readonly forgetEveryMs: number;
  readonly longestWaitMs: number;
}

export interface GuessCount {
  /** As of `countedAtMs`. */
  readonly guesses: number;
  readonly countedAtMs: number;
}

/** Milliseconds until the next guess may be made; 0 for at once. */
export function waitMs({ guesses, countedAtMs }: GuessCount, pace: GuessPace, nowMs: number): number {
  if (guesses <= pace.free) return 0;
  const delayMs = Math.min(pace.longestWaitMs, 1_000 * 2 ** Math.ceil(guesses - pace.free - 1));
  return Math.max(0, countedAtMs + delayMs - nowMs);
}

/** With `more` guesses; fewer when it is negative. */
export function counted({ guesses, countedAtMs }: GuessCount, pace: GuessPace, nowMs: number, more: number): GuessCount {
  const left = Math.max(0, guesses - Math.max(0, nowMs - countedAtMs) / pace.forgetEveryMs);
  return { guesses: Math.max(0, left + more), countedAtMs: nowMs };
}

/** No more are kept in mind than these few; a wait, however long it was, is over within a minute. */
const longestWaitMs = 60_000;

export const paces = {
  /** One account from one network. */
  accountFromNetwork: { free: 5, forgetEveryMs: 60_000, longestWaitMs },
  /** One account from anywhere: many networks that guess together. */
  account: { free: 50, forgetEveryMs: 20_000, longestWaitMs },
  /** Any accounts from one network, which may be a whole office: a guesser comes down to ten a minute there. */
  network: { free: 20, forgetEveryMs: 6_000, longestWaitMs },
  /** One account in a browser in which it was signed in before. */
  browser: { free: 10, forgetEveryMs: 60_000, longestWaitMs },
  /** API tokens have 256 random bits: this is for the load that guesses make. */
  token: { free: 300, forgetEveryMs: 200, longestWaitMs },
  /** People choose the secrets of alert sources. */
  webhook: { free: 20, forgetEveryMs: 6_000, longestWaitMs },
} as const satisfies Record<string, GuessPace>;
