import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Notification } from '../connectors/notification.ts';
import type { Failure, Outcome, Ref } from '../connectors/outcome.ts';
import type { Said } from '../domain/said.ts';
import { failPoint } from '../observe/fail-point.ts';
import { beginAttempt, endAttempt, extendLease, leaseMs, skipDelivery, type DeliveryFacts, type Ended } from './ledger.ts';
import { Pacing } from './pacing.ts';
import { openSender, send, type SendDeps, type Sender } from './send.ts';

/** One message to one address by one provider. */
export interface Message extends DeliveryFacts {
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
  /** `perhapsTwice`: an earlier attempt was cut off, and the recipient drops no doubles. */
  | { readonly outcome: 'sent'; readonly ref: Ref; readonly perhapsTwice: boolean }
  /** `mayHaveReached`: an earlier attempt was cut off, so it may have arrived all the same. */
  | { readonly outcome: 'skipped'; readonly reason: Said; readonly mayHaveReached: boolean }
  /** Another attempt at it is under way: ask again after `ms`. */
  | { readonly outcome: 'under_way'; readonly ms: number }
  /** It may have left all the same, where it is `maybeDone` and not permanent. */
  | { readonly outcome: 'failed'; readonly failure: Failure };

/**
 * Sends a message, once as far as anyone can: waits for the provider's turn, then asks whether the message is still wanted, asks
 * the ledger, and keeps the result before it answers.
 * @throws what `compose` throws, errors of the store, and the reason of the signal while it waits for its turn
 */
export type Deliver = (message: Message) => Promise<Delivered>;

/** A result that is not kept is a second message: worth some waiting for a store that restarts. */
const keepResultForMs = 20_000;
const extendLeaseEveryMs = leaseMs / 5;

/** One a process. */
export function createDeliver(deps: SendDeps): Deliver {
  const { registry, metrics, log } = deps;
  const { pool } = deps.database;
  const pacing = new Pacing(pool, log);

  return async (message) => {
    const { deliveryId, providerId, providerType, address, signal } = message;
    const count = (result: Ended['state']): void => metrics.deliveries.inc({ provider_type: providerType, result });
    const pace = registry.byType(providerType)?.notify?.pace;
    const [sender] = await Promise.all([
      openSender(deps, message),
      pace === undefined ? null : pacing.turn(providerId, address, pace, signal),
    ]);
    const early = await message.compose();
    if ('unwanted' in early) {
      const { sent, earlierUnknown } = await skipDelivery(pool, message, early.unwanted);
      if (sent !== null) return { outcome: 'sent', ref: sent, perhapsTwice: earlierUnknown && keepsDoubles(sender) };
      count('skipped');
      return { outcome: 'skipped', reason: early.unwanted, mayHaveReached: earlierUnknown };
    }
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
    const { notification } = composed;
    const act = { facts: message, notification, maybeDone: earlierUnknown, signal };
    const result: Outcome<Ref> = sender.ok ? await whileLeased(pool, deliveryId, attempt, () => send(deps, sender.value, act)) : sender;
    if (result.ok) failPoint('send-accepted');
    const ended = endedBy(result, message);
    count(ended.state);
    await keepResult(pool, deliveryId, attempt, ended);
    failPoint('send-ended');
    return result.ok ? { outcome: 'sent', ref: result.value, perhapsTwice } : { outcome: 'failed', failure: result };
  };
}

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

function endedBy(result: Outcome<Ref>, message: Message): Ended {
  if (result.ok) return { state: 'sent', ref: result.value };
  const retryInMs = message.retryInMs?.(result) ?? null;
  return { state: !result.permanent && result.maybeDone ? 'unknown' : 'failed', failure: result, retryInMs };
}

async function keepResult(pool: Pool, deliveryId: string, attempt: number, ended: Ended): Promise<void> {
  const deadlineMs = Date.now() + keepResultForMs;
  for (;;) {
    try {
      return await endAttempt(pool, deliveryId, attempt, ended);
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await delay(500);
    }
  }
}
