import { ApplicationFailure } from '@temporalio/common';
import type { Failure } from '../connectors/outcome.ts';
import { failureTypes, vendorRetry } from '../contract/names.ts';
import { words } from '../texts/languages.ts';

/** A vendor may ask for any wait; what waits longer than this is better tried again. */
const longestRetryAfterMs = 5 * 60_000;

/**
 * When Temporal tries again, milliseconds; null for never.
 * @param attempt from 1: the one that failed
 */
export function retryInMs({ permanent, retryAfterMs }: Failure, attempt: number): number | null {
  if (permanent) return null;
  if (retryAfterMs !== null) return Math.min(retryAfterMs, longestRetryAfterMs);
  const { initialIntervalMs, backoffCoefficient, maximumIntervalMs } = vendorRetry;
  return Math.min(initialIntervalMs * backoffCoefficient ** (attempt - 1), maximumIntervalMs);
}

/** A connector's failure as Temporal takes it: `message` for people at Temporal's pages, `details` for the workflow. */
export function toApplicationFailure({ permanent, retryAfterMs, reason, cure }: Failure): ApplicationFailure {
  return ApplicationFailure.create({
    type: permanent ? failureTypes.refusedByProvider : failureTypes.providerUnavailable,
    message: [reason, ...(cure === null ? [] : [cure])]
      .map((part) => words(part))
      .join(' ')
      .slice(0, 500)
      .toWellFormed(),
    details: [{ reason, cure }],
    nonRetryable: permanent,
    ...(!permanent && retryAfterMs !== null && { nextRetryDelay: Math.min(retryAfterMs, longestRetryAfterMs) }),
  });
}

export const incidentGone = (): ApplicationFailure =>
  ApplicationFailure.create({ type: failureTypes.unknownIncident, message: 'The incident is gone.', nonRetryable: true });
