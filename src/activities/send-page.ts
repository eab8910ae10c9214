import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Pool } from 'pg';
import { createCall } from '../connectors/call.ts';
import type { Notification } from '../connectors/notification.ts';
import { failureOf, type Failure, type Outcome, type Ref } from '../connectors/outcome.ts';
import type { IncidentActivities, SendPage } from '../contract/activities.ts';
import { failureTypes } from '../contract/names.ts';
import type { PageResult } from '../domain/incident/happening.ts';
import type { Page } from '../domain/incident/paging.ts';
import { asSaid } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { IncidentEvent } from '../domain/vocabulary.ts';
import { failPoint } from '../observe/fail-point.ts';
import type { ActivityDeps } from './activities.ts';
import { readComment, readIncident, type IncidentNow } from './incident-summary.ts';
import { beginAttempt, endAttempt, extendLease, skipDelivery, type DeliveryFacts, type Ended } from './ledger.ts';
import { Pacing } from './pacing.ts';
import { readProvider, refused, type SendingProvider } from './sending-provider.ts';
import { whileAlive } from './while-alive.ts';

const sendTimeoutMs = 25_000;
/** A vendor may ask for any wait; a page that waits longer than this is better tried again. */
const longestRetryAfterMs = 5 * 60_000;
/** A result that is not kept is a second message: worth some waiting for a store that restarts. */
const keepResultForMs = 20_000;

/**
 * Sends one message, once as far as anyone can: waits for the provider's turn, then checks that the message is still
 * wanted, asks the ledger, and keeps the result before it answers.
 */
export function createSendPage(deps: ActivityDeps): IncidentActivities['sendPage'] {
  const { database, metrics } = deps;
  const { pool } = database;
  const pacing = new Pacing();

  const whyUnwantedNow = async ({ incidentId, page }: SendPage): Promise<string | null> => {
    const incident = await readIncident(pool, incidentId, deps.config.baseUrl);
    return incident === null ? null : whyUnwanted(page, incident);
  };
  const skipped = ({ providerType }: DeliveryFacts, reason: string, mayHaveReached: boolean): PageResult => {
    metrics.deliveries.inc({ provider_type: providerType, result: 'skipped' });
    return { outcome: 'skipped', reason, ...(mayHaveReached && { mayHaveReached }) };
  };

  return async (request) => {
    const facts = factsOf(request);
    const provider = await readProvider(deps, facts.providerId);
    const { notify } = provider.connector;
    await whileAlive((cancelled) => pacing.turn(facts.providerId, notify.pace.perSecond, cancelled));
    const incident = await readIncident(pool, request.incidentId, deps.config.baseUrl);
    if (incident === null) {
      throw ApplicationFailure.create({ type: failureTypes.unknownIncident, message: 'The incident is gone.', nonRetryable: true });
    }
    const unwanted = whyUnwanted(request.page, incident);
    if (unwanted !== null) {
      return skipped(facts, unwanted, await skipDelivery(pool, facts, unwanted));
    }
    const notification = await toNotification(pool, request, incident);
    const begun = await beginAttempt(pool, facts);
    if (begun.may === 'wait') throw inFlight(begun.ms);
    const perhapsTwice = begun.earlierUnknown && !notify.dropsDoubles(provider.config);
    if (begun.may === 'rest') return { outcome: 'sent', receipt: begun.receipt, perhapsTwice };
    // The ledger may have been slow, and somebody may have taken it meanwhile.
    const since = await whyUnwantedNow(request);
    if (since !== null) {
      await endAttempt(pool, facts.deliveryId, begun.attempt, { state: 'skipped', error: since });
      return skipped(facts, since, begun.earlierUnknown);
    }
    failPoint('send-begun');
    const result = await attempt(deps, provider, {
      request,
      notification,
      onBeat: () => extendLease(pool, facts.deliveryId, begun.attempt),
    });
    metrics.deliveries.inc({ provider_type: facts.providerType, result: result.ok ? 'sent' : 'failed' });
    if (result.ok) failPoint('send-accepted');
    await keepResult(pool, facts.deliveryId, begun.attempt, endedBy(result));
    failPoint('send-ended');
    if (result.ok) return { outcome: 'sent', receipt: result.value.receipt ?? result.value.id, perhapsTwice };
    throw toFailure(result);
  };
}

function factsOf({ incidentId, page, deliveryId }: SendPage): DeliveryFacts {
  return {
    deliveryId,
    incidentId,
    providerId: page.way.providerId,
    providerType: page.way.providerType,
    userId: page.userId,
    address: page.way.address,
    purpose: page.purpose,
  };
}

/** A page is void once somebody has the incident, by what the workflow wrote or by a command that it has yet to read. */
function whyUnwanted(page: Page, { summary, epoch, acknowledgedBy, pendingBy }: IncidentNow): string | null {
  if (page.plan.for === 'event') return null;
  if (pendingBy !== null) return `${pendingBy} has just taken it`;
  if (epoch > page.plan.epoch) return 'the escalation has begun anew';
  if (epoch < page.plan.epoch) return null;
  if (summary.status === 'ACKNOWLEDGED') return `acknowledged by ${acknowledgedBy ?? 'somebody'}`;
  return summary.status === 'RESOLVED' ? 'resolved' : null;
}

async function toNotification(pool: Pool, { incidentId, page }: SendPage, { summary }: IncidentNow): Promise<Notification> {
  const { plan } = page;
  const about = { incident: summary, reasons: page.reasons.map(asSaid) };
  if (plan.for !== 'event') {
    const event: IncidentEvent = 'incident.created';
    return { ...about, purpose: 'page', event, comment: null, timestamp: new Date(page.atMs).toISOString() };
  }
  return {
    ...about,
    purpose: isFollower(page) ? 'event' : 'notice',
    event: plan.event,
    comment: plan.commentSequence === null ? null : await readComment(pool, incidentId, plan.commentSequence),
    timestamp: new Date(plan.atMs).toISOString(),
  };
}

const isFollower = (page: Page): boolean => page.recipientId.includes('.follower:');

interface Attempt {
  readonly request: SendPage;
  readonly notification: Notification;
  readonly onBeat: () => Promise<void>;
}

async function attempt(
  { egress, metrics }: ActivityDeps,
  { connector, config }: SendingProvider,
  { request, notification, onBeat }: Attempt,
): Promise<Outcome<Ref>> {
  const end = metrics.deliverySeconds.startTimer({ provider_type: request.page.way.providerType });
  try {
    return await whileAlive(
      (cancelled) =>
        connector.notify.send(
          createCall(connector, {
            config,
            door: egress,
            actId: request.deliveryId,
            signal: AbortSignal.any([cancelled, AbortSignal.timeout(sendTimeoutMs)]),
          }),
          request.page.way.address,
          notification,
        ),
      () => void onBeat().catch(() => undefined),
    );
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return failure;
  } finally {
    end();
  }
}

function endedBy(result: Outcome<Ref>): Ended {
  if (result.ok) return { state: 'sent', receipt: result.value.receipt ?? result.value.id };
  if (!result.permanent && result.maybeDone) return { state: 'unknown', error: words(result.reason) };
  return { state: 'failed', permanent: result.permanent, error: words(result.reason) };
}

async function keepResult(pool: Pool, deliveryId: string, attemptNumber: number, ended: Ended): Promise<void> {
  const deadlineMs = Date.now() + keepResultForMs;
  await whileAlive(async (cancelled) => {
    for (;;) {
      try {
        return await endAttempt(pool, deliveryId, attemptNumber, ended);
      } catch (error) {
        if (Date.now() > deadlineMs) throw error;
        await delay(500, undefined, { signal: cancelled });
      }
    }
  });
}

function toFailure(failure: Failure): ApplicationFailure {
  const message = [failure.reason, ...(failure.cure === null ? [] : [failure.cure])]
    .map((part) => words(part))
    .join(' ')
    .slice(0, 500)
    .toWellFormed();
  if (failure.permanent) return refused(message);
  const nextRetryDelay = failure.retryAfterMs === null ? undefined : Math.min(failure.retryAfterMs, longestRetryAfterMs);
  return ApplicationFailure.create({
    type: failureTypes.providerUnavailable,
    message,
    ...(nextRetryDelay !== undefined && { nextRetryDelay }),
  });
}

const inFlight = (ms: number): ApplicationFailure =>
  ApplicationFailure.create({
    type: failureTypes.attemptInFlight,
    message: 'Another attempt of this delivery is under way.',
    nextRetryDelay: ms,
    category: ApplicationFailureCategory.BENIGN,
  });
