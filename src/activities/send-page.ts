import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Pool } from 'pg';
import type { Notification, ReplyByMail } from '../connectors/notification.ts';
import type { Failure } from '../connectors/outcome.ts';
import type { IncidentActivities, SendPage } from '../contract/activities.ts';
import { linksFor } from '../answers/answer-links.ts';
import { replyAddressFor } from '../answers/reply-address.ts';
import { attemptsAtAWay, failureTypes } from '../contract/names.ts';
import type { Composed, Delivered, Message } from '../delivery/deliver.ts';
import type { PageResult } from '../domain/incident/happening.ts';
import type { Page } from '../domain/incident/paging.ts';
import type { Reader } from '../domain/reader.ts';
import { occasionOf } from '../domain/incident/occasion.ts';
import { asSaid } from '../domain/said.ts';
import { aboutIncident } from '../incidents/about-incident.ts';
import { readComment, readIncident, type IncidentNow } from '../incidents/incident-now.ts';
import { whyUnwanted } from '../incidents/why-unwanted.ts';
import { readReader } from '../people/reader.ts';
import { words } from '../texts/languages.ts';
import type { ActivityDeps } from './deps.ts';
import { incidentGone, retryInMs, toApplicationFailure } from './failed.ts';
import { whileAlive } from './while-alive.ts';

/** Delivers one page or notice of an incident, unless somebody has the incident by then. */
export function createSendPage(deps: ActivityDeps): IncidentActivities['sendPage'] {
  const {
    config,
    database: { pool },
    secrets,
    deliver,
  } = deps;
  return async (request) => {
    const { incidentId, page, deliveryId } = request;
    const compose = async (): Promise<Composed> => {
      const [now, reader] = await Promise.all([readIncident(pool, incidentId, config.baseUrl), readReader(pool, page.userId)]);
      if (now === null) throw incidentGone();
      const unwanted = whyUnwanted(page.plan, now);
      if (unwanted !== null) return { unwanted };
      const addressee = personalOf(page, now);
      const links = { pool, secrets, baseUrl: config.baseUrl, acts: config.answerActs };
      const answers = addressee === null ? [] : await linksFor(links, { incidentId, ...addressee });
      const replyByMail = await replyAddressOf(deps, request, now);
      return {
        notification: { ...(await toNotification(pool, request, now, reader)), answers, ...(replyByMail !== null && { replyByMail }) },
      };
    };
    const isUrgent = page.purpose === 'page' && (await isCritical(pool, incidentId));
    const retryAfter = (failure: Failure): number | null => {
      const { attempt, scheduledTimestampMs, retryPolicy } = activityInfo();
      const moreWays = retryPolicy?.maximumAttempts === attemptsAtAWay.soon;
      return retryInMs(failure, { attempt, sinceMs: Date.now() - scheduledTimestampMs, moreWays });
    };
    const message = (signal: AbortSignal): Message => ({
      deliveryId,
      incidentId,
      providerId: page.way.providerId,
      providerType: page.way.providerType,
      userId: page.userId,
      address: page.way.address,
      purpose: page.purpose,
      about: { plan: page.plan, atMs: page.atMs },
      isUrgent,
      compose,
      retryInMs: retryAfter,
      signal,
    });
    return toResult(await whileAlive((signal) => deliver(message(signal))), retryAfter);
  };
}

/** Where whoever gets the mail answers: a person, at an address of their own, whatever they are told. Nobody where others may read it too. */
async function replyAddressOf(
  { config, database: { pool }, secrets, registry }: ActivityDeps,
  { incidentId, page: { userId, purpose, way, plan } }: SendPage,
  { epoch }: IncidentNow,
): Promise<ReplyByMail | null> {
  const { providerId, providerType, address } = way;
  const settings = config.mailAnswers ?? null;
  const isByMail = registry.byType(providerType)?.notify?.medium === 'mail';
  if (settings === null || !isByMail || userId === null || address === null || purpose === 'event' || plan.for === 'fallback') return null;
  const mailed = { incidentId, userId, epoch, providerId, address };
  return { address: await replyAddressFor({ pool, secrets, replyTo: settings.replyTo }, mailed), mayAct: settings.authservId !== null };
}

/** Whoever may act from the message itself: a person who is asked for, at an address of their own. Nobody where others may read it too. */
function personalOf(
  { userId, purpose, way, plan }: SendPage['page'],
  { epoch, status }: IncidentNow,
): { userId: string; epoch: number } | null {
  if (userId === null || way.address === null || purpose !== 'page' || plan.for === 'fallback' || status === 'RESOLVED') return null;
  return { userId, epoch };
}

/** Such a page comes before all others that wait. */
async function isCritical(pool: Pool, incidentId: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'is-critical',
    text: `select from incidents where id = $1 and severity = 'SEV1_CRITICAL'`,
    values: [incidentId],
  });
  return rowCount === 1;
}

async function toNotification(pool: Pool, { incidentId, page }: SendPage, now: IncidentNow, reader: Reader): Promise<Notification> {
  const { plan } = page;
  // What was scheduled by a version before has its reasons as texts.
  const about = {
    ...aboutIncident(now, reader),
    occasion: occasionOf(plan, page.atMs, now),
    reasons: page.reasons.map(asSaid),
  };
  if (plan.for !== 'event') {
    return { ...about, purpose: 'page', event: 'incident.created', timestamp: new Date(page.atMs).toISOString() };
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
function toResult(delivered: Delivered, retryAfter: (failure: Failure) => number | null): PageResult {
  switch (delivered.outcome) {
    case 'sent':
      return {
        outcome: 'sent',
        receipt: delivered.ref.receipt ?? delivered.ref.id,
        perhapsTwice: delivered.perhapsTwice,
        ...(delivered.together !== undefined && { together: delivered.together }),
      };
    case 'skipped':
      return { outcome: 'skipped', reason: delivered.reason, ...(delivered.mayHaveReached && { mayHaveReached: true }) };
    case 'under_way':
      throw ApplicationFailure.create({
        type: failureTypes.attemptInFlight,
        message: 'Another attempt of this delivery is under way.',
        nextRetryDelay: delivered.ms,
        category: ApplicationFailureCategory.BENIGN,
      });
    case 'waiting':
      throw ApplicationFailure.create({
        type: failureTypes.attemptInFlight,
        message: words(delivered.reason),
        details: [{ reason: delivered.reason, cure: null }],
        nextRetryDelay: delivered.ms,
        category: ApplicationFailureCategory.BENIGN,
      });
    case 'failed':
      throw toApplicationFailure(delivered.failure, { isLast: retryAfter(delivered.failure) === null });
  }
}
