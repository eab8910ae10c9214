import { onCallUntil } from './on-call-until.ts';
import { onCallAt, type OnCallSchedule } from './on-call.ts';

/** Who is on call in a schedule at an instant. */
export interface Duty {
  /** Null where nobody is. */
  readonly userId: string | null;
  /** Epoch milliseconds; null where no end is near, or nobody is on call. */
  readonly untilMs: number | null;
}

/** Pure. Null for a schedule that cannot be computed: nothing is known of it then, least of all that somebody's duty is over. */
export function dutyAt(schedule: OnCallSchedule, atMs: number, isThere: (userId: string) => boolean): Duty | null {
  try {
    const [userId = null] = onCallAt(schedule, atMs, isThere);
    const untilMs = userId === null ? null : onCallUntil(schedule, userId, atMs, isThere);
    return { userId, untilMs: untilMs === null || !Number.isFinite(untilMs) ? null : untilMs };
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

const shortestMs = 15_000;
const longestMs = 15 * 60_000;

/** How long after so many failures in a row it is tried again, milliseconds: what a person must mend first is not asked for every few seconds. */
export function pauseAfter(failures: number, { permanent, retryAfterMs }: { permanent: boolean; retryAfterMs: number | null }): number {
  if (permanent) return longestMs;
  return Math.max(retryAfterMs ?? 0, Math.min(longestMs, shortestMs * 2 ** Math.min(failures - 1, 10)));
}
