import type { Pool } from 'pg';
import type { Notification } from '../connectors/notification.ts';
import { failedForGood, type Failure, type Outcome, type Ref } from '../connectors/outcome.ts';
import { said, type Said } from '../domain/said.ts';
import { failPoint } from '../observe/fail-point.ts';
import { letWait, standingOf, type CrowdLimits, type CrowdMessage, type MessageAbout } from './crowd.ts';
import { sendDigest } from './digest.ts';
import { gather } from './gather.ts';
import { keepTrying } from './keep-trying.ts';
import { beginAttempt, endAttempt, extendLease, leaseMs, skipDelivery, type DeliveryFacts, type Ended, type Shows } from './ledger.ts';
import { ranks } from './line.ts';
import { Pacing } from './pacing.ts';
import { findRoot } from './sent-before.ts';
import { shownBy } from './shown.ts';
import { openSender, send, type SendDeps, type Sender } from './send.ts';

/** One message to one address by one provider. */
export interface Message extends DeliveryFacts {
  /** What it is about, where it may leave together with others to the same person. */
  readonly about?: MessageAbout;
  /** A page of the worst kind: it comes before all else that waits. */
  readonly isUrgent?: boolean;
  /** Asked when its turn has come, and once more right before it leaves: somebody may have taken the incident meanwhile. */
  compose(): Promise<Composed>;
  /** When the sender tries again after such a failure, milliseconds; missing where it does not. */
  retryInMs?(failure: Failure): number | null;
  /** Ends the wait for its turn, and the attempt. */
  readonly signal?: AbortSignal;
}

/** What there is to say now, or why nobody needs it any more. */
export type Composed = { readonly notification: Notification } | { readonly unwanted: Said };

export type Delivered =
  /** `perhapsTwice`: an earlier attempt was cut off, and the recipient drops no doubles. `together`: in one message for so many incidents. */
  | { readonly outcome: 'sent'; readonly ref: Ref; readonly perhapsTwice: boolean; readonly together?: number }
  /** `mayHaveReached`: an earlier attempt was cut off, so it may have arrived all the same. */
  | { readonly outcome: 'skipped'; readonly reason: Said; readonly mayHaveReached: boolean }
  /** Another attempt at it is under way: ask again after `ms`. */
  | { readonly outcome: 'under_way'; readonly ms: number }
  /** It has not left: it waits for others to the same person. Ask again after `ms`; without that it never leaves. */
  | { readonly outcome: 'waiting'; readonly ms: number; readonly reason: Said }
  /** It may have left all the same, where it is `maybeDone` and not permanent. */
  | { readonly outcome: 'failed'; readonly failure: Failure };

/**
 * Sends a message, once as far as anyone can: waits for the provider's turn, then asks whether the message is still wanted, asks
 * the ledger, and keeps the result before it answers. Where too many would reach a person within a minute, it waits with others.
 * @throws what `compose` throws, errors of the store, and the reason of the signal while it waits for its turn
 */
export type Deliver = (message: Message) => Promise<Delivered>;

export interface DeliverDeps extends SendDeps {
  readonly crowd: CrowdLimits;
}

const extendLeaseEveryMs = leaseMs / 5;
/** So that those who wait for the same moment do not all come in it. */
const apartMs = 1_500;

/** One a process. */
export function createDeliver(deps: DeliverDeps): Deliver {
  const { registry, metrics, log, crowd } = deps;
  const { pool } = deps.database;
  const pacing = new Pacing(pool, log);

  /** What came of a message to a person who gets too many; null when it goes by itself. */
  async function withOthers(message: CrowdMessage, sender: Promise<Outcome<Sender>>): Promise<Delivered | 'left_out' | null> {
    const [standing, opened] = await Promise.all([standingOf(pool, message, crowd), sender]);
    if (standing.is === 'free' || !opened.ok) return null;
    if (standing.is === 'ended') {
      const { as } = standing;
      if (as.state === 'skipped') return 'left_out';
      if (as.state === 'refused') return { outcome: 'failed', failure: failedForGood(as.reason, { cure: as.cure }) };
      return sentTogether(as.ref, as.perhapsTwice, as.together);
    }
    if (opened.value.notify.digest?.may(opened.value.config) !== true) return null;
    if (standing.is === 'over') {
      await letWait(pool, message, standing.ms);
      return waiting(standing.ms, null);
    }
    const gathering = await gather(pool, message);
    if (gathering.is === 'alone') return null;
    if (gathering.is === 'none') return withOthers(message, sender);
    if (gathering.is === 'waiting') return waiting(gathering.ms, gathering.reason);
    const digest = await sendDigest(deps, pacing, opened.value, message, gathering.digest);
    // Its own row says what came of this one: it may have been left out.
    const now = await standingOf(pool, message, crowd);
    if (now.is === 'ended' && now.as.state === 'skipped') return 'left_out';
    if (digest === null) return null;
    const { result, incidents, perhapsTwice } = digest;
    return result.ok ? sentTogether(result.value, perhapsTwice, incidents) : { outcome: 'failed', failure: result };
  }

  return async (message) => {
    const { deliveryId, providerId, providerType, address, signal } = message;
    const count = (result: Ended['state']): void => metrics.deliveries.inc({ provider_type: providerType, result });
    const skip = async (reason: Said, sender: Outcome<Sender>): Promise<Delivered> => {
      const { sent, earlierUnknown } = await skipDelivery(pool, message, reason);
      if (sent !== null) return { outcome: 'sent', ref: sent, perhapsTwice: earlierUnknown && keepsDoubles(sender) };
      count('skipped');
      return { outcome: 'skipped', reason, mayHaveReached: earlierUnknown };
    };
    const opening = openSender(deps, message);
    if (isOfCrowd(message) && crowd.messages > 0) {
      const delivered = await withOthers(message, opening);
      if (delivered === 'left_out') {
        const composed = await message.compose();
        if ('unwanted' in composed) return skip(composed.unwanted, await opening);
      } else if (delivered !== null) return delivered;
    }
    const pace = registry.byType(providerType)?.notify?.pace;
    const [sender] = await Promise.all([
      opening,
      pace === undefined ? null : pacing.turn({ providerId, address, rank: rankOf(message), signal }, pace),
    ]);
    const early = await message.compose();
    if ('unwanted' in early) return skip(early.unwanted, sender);
    const begun = await beginAttempt(pool, message);
    if (begun.may === 'wait') return { outcome: 'under_way', ms: begun.ms };
    const perhapsTwice = begun.earlierUnknown && keepsDoubles(sender);
    if (begun.may === 'rest') return { outcome: 'sent', ref: begun.ref, perhapsTwice };
    const { attempt, earlierUnknown } = begun;
    // The ledger may have been slow.
    const composed = await message.compose();
    if ('unwanted' in composed) {
      count('skipped');
      await endAttempt(pool, deliveryId, attempt, { state: 'skipped', reason: composed.unwanted });
      return { outcome: 'skipped', reason: composed.unwanted, mayHaveReached: earlierUnknown };
    }
    failPoint('send-begun');
    const root = await rootOf(pool, message, sender);
    const act = { facts: message, what: composed, root, maybeDone: earlierUnknown, signal };
    const result: Outcome<Ref> = sender.ok ? await whileLeased(pool, deliveryId, attempt, () => send(deps, sender.value, act)) : sender;
    if (result.ok) failPoint('send-accepted');
    const ended = endedBy(result, message, { shown: shownBy(composed.notification), isReply: root !== null });
    count(ended.state);
    await keepTrying(() => endAttempt(pool, deliveryId, attempt, ended));
    failPoint('send-ended');
    return result.ok ? { outcome: 'sent', ref: result.value, perhapsTwice } : { outcome: 'failed', failure: result };
  };
}

/** What informs goes below what was sent there before; a page stands by itself, since it has to be heard. */
async function rootOf(pool: Pool, message: Message, sender: Outcome<Sender>): Promise<Ref | null> {
  const { incidentId, providerId, address, purpose } = message;
  if (!sender.ok || sender.value.notify.reply === undefined || incidentId === null || purpose === 'page') return null;
  return findRoot(pool, { incidentId, providerId, address });
}

/** A person waits for a test, too. */
const rankOf = ({ isUrgent, purpose }: Pick<Message, 'isUrgent' | 'purpose'>): number =>
  isUrgent === true ? ranks.critical : purpose === 'page' || purpose === 'test' ? ranks.page : ranks.notice;

const isOfCrowd = (message: Message): message is Message & CrowdMessage =>
  message.incidentId !== null && message.userId !== null && message.about !== undefined && message.isUrgent !== undefined;

const waiting = (ms: number, reason: Said | null): Delivered => ({
  outcome: 'waiting',
  ms: Math.ceil(ms + Math.random() * Math.min(ms, apartMs)),
  reason: reason ?? said('cause.waitsForDigest'),
});

const sentTogether = (ref: Ref, perhapsTwice: boolean, incidents: number): Delivered => ({
  outcome: 'sent',
  ref,
  perhapsTwice,
  ...(incidents > 1 && { together: incidents }),
});

const keepsDoubles = (sender: Outcome<Sender>): boolean => !(sender.ok && sender.value.notify.dropsDoubles(sender.value.config));

/** An attempt that is silent for as long as its lease is taken for dead. */
async function whileLeased<T>(pool: Pool, deliveryId: string, attempt: number, act: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void extendLease(pool, deliveryId, attempt).catch(() => undefined), extendLeaseEveryMs);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}

function endedBy(result: Outcome<Ref>, message: Message, shows: Shows): Ended {
  if (result.ok) return { state: 'sent', ref: result.value, shows };
  const retryInMs = message.retryInMs?.(result) ?? null;
  return { state: !result.permanent && result.maybeDone ? 'unknown' : 'failed', failure: result, retryInMs };
}
