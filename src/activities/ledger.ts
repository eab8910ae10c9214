import type { Pool } from 'pg';
import { storableText } from '../db/storable.ts';

/**
 * How long an attempt may be silent before another may begin. A machine that has too much to do is silent for seconds, and a
 * second message is worse than some waiting; but somebody waits to be woken.
 */
export const leaseMs = 20_000;

export interface DeliveryFacts {
  readonly deliveryId: string;
  readonly incidentId: string | null;
  readonly providerId: string;
  readonly providerType: string;
  readonly userId: string | null;
  readonly address: string | null;
  readonly purpose: string;
}

export type Begun =
  | { readonly may: 'send'; readonly attempt: number; readonly earlierUnknown: boolean }
  /** It was delivered by an earlier attempt. */
  | { readonly may: 'rest'; readonly receipt: string; readonly earlierUnknown: boolean }
  | { readonly may: 'wait'; readonly ms: number };

/**
 * One row an attempt, written before anything leaves: whoever comes after a crash sees that something may have left. An
 * attempt whose lease ran out without a result counts as unknown.
 */
export async function beginAttempt(pool: Pool, facts: DeliveryFacts): Promise<Begun> {
  const { rows } = await pool.query<{ attempt: number; state: string; receipt: string | null; lease_ms: number }>({
    name: 'ledger-read',
    text: `select attempt, state, receipt, coalesce(extract(epoch from lease_until - now()) * 1000, 0)::float8 as lease_ms
      from deliveries where delivery_id = $1 order by attempt`,
    values: [facts.deliveryId],
  });
  const sent = rows.find(({ state }) => state === 'sent');
  const earlierUnknown = rows.some(({ state }) => state === 'sending' || state === 'unknown');
  if (sent !== undefined) return { may: 'rest', receipt: sent.receipt ?? '', earlierUnknown };
  const last = rows.at(-1);
  if (last?.state === 'sending' && last.lease_ms > 0) return { may: 'wait', ms: Math.ceil(last.lease_ms) };
  const attempt = (last?.attempt ?? 0) + 1;
  const inserted = await pool.query({
    name: 'ledger-begin',
    text: `with cut_off as (
        update deliveries set state = 'unknown', finished_at = now(), error = 'cut off: no result was kept'
        where delivery_id = $1 and state = 'sending'
      )
      insert into deliveries (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, lease_until)
      values ($1, $2, $3, $4, $5, $6, $7, $8, 'sending', now() + make_interval(secs => $9)) on conflict do nothing`,
    values: [
      facts.deliveryId,
      attempt,
      facts.incidentId,
      facts.providerId,
      facts.providerType,
      facts.userId,
      facts.address,
      facts.purpose,
      leaseMs / 1000,
    ],
  });
  if (inserted.rowCount !== 1) return { may: 'wait', ms: leaseMs };
  return { may: 'send', attempt, earlierUnknown };
}

export async function extendLease(pool: Pool, deliveryId: string, attempt: number): Promise<void> {
  await pool.query(
    `update deliveries set lease_until = now() + make_interval(secs => $3) where delivery_id = $1 and attempt = $2 and state = 'sending'`,
    [deliveryId, attempt, leaseMs / 1000],
  );
}

export type Ended =
  | { readonly state: 'sent'; readonly receipt: string }
  | { readonly state: 'failed'; readonly permanent: boolean; readonly error: string }
  /** It broke off after the message may have left. */
  | { readonly state: 'unknown'; readonly error: string }
  /** Nothing left: it was not wanted any more. */
  | { readonly state: 'skipped'; readonly error: string };

export async function endAttempt(pool: Pool, deliveryId: string, attempt: number, ended: Ended): Promise<void> {
  await pool.query({
    name: 'ledger-end',
    text: `update deliveries set state = $3, permanent = $4, receipt = $5, error = $6, finished_at = now(), lease_until = null
      where delivery_id = $1 and attempt = $2`,
    values: [
      deliveryId,
      attempt,
      ended.state,
      ended.state === 'failed' && ended.permanent,
      ended.state === 'sent' ? storableText(ended.receipt.slice(0, 500)) : null,
      ended.state === 'sent' ? null : storableText(ended.error.slice(0, 500)),
    ],
  });
}

/**
 * A delivery that was not wanted any more when its turn came. True when an earlier attempt at it has no known result: it
 * may have arrived.
 */
export async function skipDelivery(pool: Pool, facts: DeliveryFacts, reason: string): Promise<boolean> {
  const { rows } = await pool.query<{ earlier_unknown: boolean }>(
    `with earlier as (select coalesce(bool_or(state in ('sending', 'unknown')), false) as unknown from deliveries where delivery_id = $1),
     skipped as (insert into deliveries (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, finished_at, error)
     select $1, coalesce(max(attempt), 0) + 1, $2, $3, $4, $5, $6, $7, 'skipped', now(), $8 from deliveries where delivery_id = $1
     on conflict do nothing)
     select unknown as earlier_unknown from earlier`,
    [facts.deliveryId, facts.incidentId, facts.providerId, facts.providerType, facts.userId, facts.address, facts.purpose, reason],
  );
  return rows[0]?.earlier_unknown ?? false;
}
