import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { IncidentActivities } from '../contract/activities.ts';
import { attemptsAtAWay, vendorRetry } from '../contract/names.ts';

/**
 * Reads and writes of our own store: short, safe to repeat, and worthless to give up on, so they are tried until the
 * store is back. Local, since each incident has many of them and a round by the server costs three events and 10 ms.
 */
export const { loadIncident } = proxyLocalActivities<Pick<IncidentActivities, 'loadIncident'>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '30s' },
  // Every wait becomes a timer, so that no workflow task is open for long: see `workflowTaskTimeout`.
  localRetryThreshold: '100ms',
});

/** Tried again by the run itself, since what it says with them (`recordedBy`) holds for the workflow task that asks alone. */
export const { record, takeNews } = proxyLocalActivities<Pick<IncidentActivities, 'record' | 'takeNews'>>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

/** One attempt may take as long as the slowest vendor answers; the wait between two grows to half a minute. */
const attempt = {
  startToCloseTimeout: '30s',
  retry: {
    initialInterval: vendorRetry.initialIntervalMs,
    backoffCoefficient: vendorRetry.backoffCoefficient,
    maximumInterval: vendorRetry.maximumIntervalMs,
  },
} as const;

/**
 * A worker that was killed is noticed by its silence, not after the whole time-out, which leaves room for the provider's turn: many
 * workers share one pace, and a wait that is broken off is an attempt less.
 */
const sending = { ...attempt, startToCloseTimeout: '10m', heartbeatTimeout: '8s' } as const;

/** Where another way to the person is left, the activity gives up after some seconds: somebody waits to be woken. */
export const { sendPage: sendPageSoon } = proxyActivities<Pick<IncidentActivities, 'sendPage'>>({
  ...sending,
  retry: { ...attempt.retry, maximumAttempts: attemptsAtAWay.soon },
});

/** Where it is the last way, it is tried for half an hour or more: as long as the outage of a vendor usually lasts. */
export const { sendPage: sendPageLast } = proxyActivities<Pick<IncidentActivities, 'sendPage'>>({
  ...sending,
  retry: { ...attempt.retry, maximumAttempts: attemptsAtAWay.last },
});

/** What is out of date for half an hour stays so until the incident changes again. */
export const { keepInStep } = proxyActivities<Pick<IncidentActivities, 'keepInStep'>>({
  ...sending,
  scheduleToCloseTimeout: '30m',
});

/** Nobody is paged later because of a room, so it may take its time, and then give up. */
export const { openWarRoom } = proxyActivities<Pick<IncidentActivities, 'openWarRoom'>>({
  ...attempt,
  scheduleToCloseTimeout: '15m',
});
