import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Pool } from 'pg';
import type { Notification } from '../connectors/notification.ts';
import type { IncidentActivities, SendPage } from '../contract/activities.ts';
import { failureTypes } from '../contract/names.ts';
import type { Composed, Delivered, Message } from '../delivery/deliver.ts';
import type { PageResult } from '../domain/incident/happening.ts';
import type { Page } from '../domain/incident/paging.ts';
import { asSaid, said, type Said } from '../domain/said.ts';
import { readComment, readIncident, type IncidentNow } from '../incidents/incident-now.ts';
import type { ActivityDeps } from './deps.ts';
import { incidentGone, retryInMs, toApplicationFailure } from './failed.ts';
import { whileAlive } from './while-alive.ts';

/** Delivers one page or notice of an incident, unless somebody has the incident by then. */
export function createSendPage({ config, database: { pool }, deliver }: ActivityDeps): IncidentActivities['sendPage'] {
  return async (request) => {
    const { incidentId, page, deliveryId } = request;
    const compose = async (): Promise<Composed> => {
      const now = await readIncident(pool, incidentId, config.baseUrl);
      if (now === null) throw incidentGone();
      const unwanted = whyUnwanted(page, now);
      return unwanted === null ? { notification: await toNotification(pool, request, now) } : { unwanted };
    };
    const message = (signal: AbortSignal): Message => ({
      deliveryId,
      incidentId,
      providerId: page.way.providerId,
      providerType: page.way.providerType,
      userId: page.userId,
      address: page.way.address,
      purpose: page.purpose,
      compose,
      retryInMs: (failure) => retryInMs(failure, activityInfo().attempt),
      signal,
    });
    return toResult(await whileAlive((signal) => deliver(message(signal))));
  };
}

/** A page is void once somebody has the incident, by what the workflow wrote or by a command that it has yet to read. */
function whyUnwanted({ plan }: Page, now: IncidentNow): Said | null {
  const { summary, epoch, acknowledgedBy, pendingBy } = now;
  if (plan.for === 'event') return null;
  if (plan.for === 'assignee') return whyAssigneeKnows(plan, now);
  if (pendingBy !== null) return said('cause.justTaken', { who: pendingBy });
  if (epoch > plan.epoch) return said('cause.begunAnew');
  if (epoch < plan.epoch) return null;
  if (summary.status === 'ACKNOWLEDGED') return said('cause.acknowledgedBy', { who: acknowledgedBy ?? 'somebody' });
  return summary.status === 'RESOLVED' ? said('cause.resolved') : null;
}

function whyAssigneeKnows({ userId, name }: Extract<Page['plan'], { for: 'assignee' }>, now: IncidentNow): Said | null {
  if (now.summary.status === 'RESOLVED') return said('cause.resolved');
  if (now.assigneeId !== userId) return said('cause.reassigned', { who: name });
  return now.acknowledgedBy === name ? said('cause.acknowledgedBy', { who: name }) : null;
}

async function toNotification(pool: Pool, { incidentId, page }: SendPage, { summary }: IncidentNow): Promise<Notification> {
  const { plan } = page;
  // What was scheduled by a version before has its reasons as texts.
  const about = { incident: summary, reasons: page.reasons.map(asSaid) };
  if (plan.for !== 'event') {
    return { ...about, purpose: 'page', event: 'incident.created', comment: null, timestamp: new Date(page.atMs).toISOString() };
  }
  return {
    ...about,
    purpose: page.purpose === 'event' || isFollower(page) ? 'event' : 'notice',
    event: plan.event,
    comment: plan.commentSequence === null ? null : await readComment(pool, incidentId, plan.commentSequence),
    timestamp: new Date(plan.atMs).toISOString(),
  };
}

/** In histories of versions before, what goes to a subscribed provider is a notice. */
const isFollower = (page: Page): boolean => page.recipientId.includes('.follower:');

/** @throws ApplicationFailure, so that Temporal tries it again where that is worth it */
function toResult(delivered: Delivered): PageResult {
  switch (delivered.outcome) {
    case 'sent':
      return { outcome: 'sent', receipt: delivered.ref.receipt ?? delivered.ref.id, perhapsTwice: delivered.perhapsTwice };
    case 'skipped':
      return { outcome: 'skipped', reason: delivered.reason, ...(delivered.mayHaveReached && { mayHaveReached: true }) };
    case 'under_way':
      throw ApplicationFailure.create({
        type: failureTypes.attemptInFlight,
        message: 'Another attempt of this delivery is under way.',
        nextRetryDelay: delivered.ms,
        category: ApplicationFailureCategory.BENIGN,
      });
    case 'failed':
      throw toApplicationFailure(delivered.failure);
  }
}
