import { ApplicationFailure } from '@temporalio/common';
import type { Failure } from '../connectors/outcome.ts';
import { failureTypes, vendorRetry } from '../contract/names.ts';
import { words } from '../texts/languages.ts';

/** A vendor may ask for any wait; what waits longer than this is better tried again. */
const longestRetryAfterMs = 5 * 60_000;

/** So long a way is tried while another one is left: whoever has to be woken hears by the next one within 30 seconds. */
const nextWayAfterMs = 25_000;

export interface Tries {
  /** From 1: the one that failed. */
  readonly attempt: number;
  /** Milliseconds since it was first to be done. */
  readonly sinceMs: number;
  /** Another way to the same recipient is left. */
  readonly moreWays: boolean;
}

/** When Temporal tries again, milliseconds; null for never. */
export function retryInMs({ permanent, retryAfterMs }: Failure, { attempt, sinceMs, moreWays }: Tries): number | null {
  if (permanent) return null;
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs } = vendorRetry;
  const waitMs =
    retryAfterMs === null
      ? Math.min(initialIntervalMs * backoffCoefficient ** (attempt - 1), maximumIntervalMs)
      : Math.min(retryAfterMs, longestRetryAfterMs);
  return moreWays && sinceMs + waitMs > nextWayAfterMs ? null : waitMs;
}

/** A connector's failure as Temporal takes it: `message` for people at Temporal's pages, `details` for the workflow. */
export function toApplicationFailure(
  { permanent, retryAfterMs, reason, cure }: Failure,
  { isLast = permanent }: { readonly isLast?: boolean } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: permanent ? failureTypes.refusedByProvider : failureTypes.providerUnavailable,
    message: [reason, ...(cure === null ? [] : [cure])]
      .map((part) => words(part))
      .join(' ')
      .slice(0, 500)
      .toWellFormed(),
    details: [{ reason, cure }],
    nonRetryable: isLast,
    ...(!isLast && retryAfterMs !== null && { nextRetryDelay: Math.min(retryAfterMs, longestRetryAfterMs) }),
  });
}

export const incidentGone = (): ApplicationFailure =>
  ApplicationFailure.create({ type: failureTypes.unknownIncident, message: 'The incident is gone.', nonRetryable: true });
