import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const taskQueue = 'incidents';

/**
 * A task that is open for longer than four fifths of this is cut by the SDK, and what came meanwhile is taken up while a local activity
 * is still under way; a replay then decides in another order. So it is longer than three tries of the slowest local activity. A killed
 * worker's task is given to another after it.
 */
export const workflowTaskTimeout = '20s';

export const incidentWorkflowType = 'incidentWorkflow';

export const incidentWorkflowId = (incidentId: string): string => `incident/${incidentId}`;

/** The incident of a workflow; null for an id that none of ours has. In any other spelling a second workflow could work on the same incident. */
export const incidentIdOf = (workflowId: string): string | null =>
  /^incident\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(workflowId)?.[1] ?? null;

/** For operators to filter by in Temporal's UI. Registered when a worker starts. */
export const searchAttributes = {
  service: defineSearchAttributeKey('ImasService', SearchAttributeType.KEYWORD),
  severity: defineSearchAttributeKey('ImasSeverity', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('ImasStatus', SearchAttributeType.KEYWORD),
  shortId: defineSearchAttributeKey('ImasShortId', SearchAttributeType.KEYWORD),
} as const;

export const failureTypes = {
  /** The provider said no for good: try the next way. */
  refusedByProvider: 'RefusedByProvider',
  /** Worth another attempt. */
  providerUnavailable: 'ProviderUnavailable',
  /** Another attempt of the same delivery is still under way. */
  attemptInFlight: 'AttemptInFlight',
  /** A question came before the run had read its incident: ask again. */
  notBegun: 'NotBegun',
  /** A later run, or the same one further on, has written already: this one knows too little to go on. */
  overtaken: 'Overtaken',
  /** The row is gone: nothing can be done. */
  unknownIncident: 'UnknownIncident',
  /** Asked by something else than the workflow of the incident. */
  notAllowed: 'NotAllowed',
} as const;

/** Between two attempts at a vendor, where it names no wait itself. */
export const vendorRetry = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 30_000 } as const;

/** Attempts at a page by a way, where another one is left and where it is the last. */
export const attemptsAtAWay = { soon: 8, last: 70 } as const;

/** Postgres channels: a wake-up for the relay, and for pages what has changed (`{"incident","short_id","sequence"}`). */
export const outboxChannel = 'imas_outbox';
export const changesChannel = 'imas_changes';
