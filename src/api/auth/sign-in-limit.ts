/**
 * Slows guessing down: after `attempts` failures for a key within the window, no more until the window has passed.
 * In this process only, which bounds it by attempts × processes. Old entries leave first, so memory is bounded.
 */
export interface SignInLimit {
  /** Seconds to wait, or 0. */
  waitSeconds(key: string, nowMs: number): number;
  failed(key: string, nowMs: number): void;
  succeeded(key: string): void;
  /** Takes one failure back: it was none. */
  forgive(key: string): void;
}

export function createSignInLimit(attempts: number, windowMs: number, maxKeys = 10_000): SignInLimit {
  const failures = new Map<string, { count: number; untilMs: number }>();
  return {
    waitSeconds(key, nowMs) {
      const entry = failures.get(key);
      if (entry === undefined || entry.untilMs <= nowMs || entry.count < attempts) return 0;
      return Math.ceil((entry.untilMs - nowMs) / 1000);
    },
    failed(key, nowMs) {
      const entry = failures.get(key);
      const fresh = entry === undefined || entry.untilMs <= nowMs;
      failures.delete(key);
      failures.set(key, fresh ? { count: 1, untilMs: nowMs + windowMs } : { ...entry, count: entry.count + 1 });
      const oldest = failures.keys().next().value;
      if (failures.size > maxKeys && oldest !== undefined) failures.delete(oldest);
    },
    succeeded(key) {
      failures.delete(key);
    },
    forgive(key) {
      const entry = failures.get(key);
      if (entry !== undefined) failures.set(key, { ...entry, count: entry.count - 1 });
    },
  };
}
