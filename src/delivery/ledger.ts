import type { Pool } from 'pg';
import type { Failure, Ref } from '../connectors/outcome.ts';
import { changesChannel } from '../contract/names.ts';
import { storable, storableText } from '../db/storable.ts';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';

/**
 * How long an attempt may be silent before another may begin. A machine that has too much to do is silent for seconds, and a
 * second message is worse than some waiting; but somebody waits to be woken.
 */
export const leaseMs = 20_000;

/** The pages that show the incident `i` hear of an attempt that failed, and of those after it. One that leaves at once is told by its entry. */
const tellsPages = `pg_notify('${changesChannel}', json_build_object('incident', i.id, 'short_id', i.short_id, 'sequence', i.sequence)::text)`;

export interface DeliveryFacts {
  /** Names the act: the same on every attempt. */
  readonly deliveryId: string;
  /** Null for a message that is about none. */
  readonly incidentId: string | null;
  readonly providerId: string;
  readonly providerType: string;
  /** Null where the address is nobody's own. */
  readonly userId: string | null;
  readonly address: string | null;
  readonly purpose: string;
}

export type Begun =
  | { readonly may: 'send'; readonly attempt: number; readonly earlierUnknown: boolean }
  /** It was delivered by an earlier attempt. */
  | { readonly may: 'rest'; readonly ref: Ref; readonly earlierUnknown: boolean }
  | { readonly may: 'wait'; readonly ms: number };

interface AttemptRow {
  readonly attempt: number;
  readonly state: string;
  readonly receipt: string | null;
  readonly ref: Ref | null;
  readonly lease_ms: number;
}

/**
 * One row an attempt, written before anything leaves: whoever comes after a crash sees that something may have left. An
 * attempt whose lease ran out without a result counts as unknown.
 */
export async function beginAttempt(pool: Pool, facts: DeliveryFacts): Promise<Begun> {
  const { rows } = await pool.query<AttemptRow>({
    name: 'ledger-read',
    text: `select attempt, state, receipt, ref, coalesce(extract(epoch from lease_until - now()) * 1000, 0)::float8 as lease_ms
      from deliveries where delivery_id = $1 order by attempt`,
    values: [facts.deliveryId],
  });
  const sent = rows.find(({ state }) => state === 'sent');
  const earlierUnknown = rows.some(mayHaveLeft);
  if (sent !== undefined) return { may: 'rest', ref: refOf(sent), earlierUnknown };
  const underWay = rows.find(({ state, lease_ms: ms }) => state === 'sending' && ms > 0);
  if (underWay !== undefined) return { may: 'wait', ms: Math.ceil(underWay.lease_ms) };
  const attempt = (rows.at(-1)?.attempt ?? 0) + 1;
  const inserted = await pool.query({
    name: 'ledger-begin',
    // Whoever was silent may have ended meanwhile, or be alive after all.
    text: `with cut_off as (
        update deliveries set state = 'unknown', finished_at = now(), error = 'cut off: no result was kept'
        where delivery_id = $1 and state = 'sending' and coalesce(lease_until, '-infinity') <= now()
      )
      , begun as (
        insert into deliveries (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, lease_until)
        select $1, $2, $3, $4, $5, $6, $7, $8, 'sending', now() + make_interval(secs => $9)
        where not exists (select from deliveries where delivery_id = $1 and (state = 'sent' or (state = 'sending' and lease_until > now())))
        on conflict do nothing returning attempt, incident_id
      )
      select (select ${tellsPages} from incidents i where i.id = begun.incident_id and begun.attempt > 1) from begun`,
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

const mayHaveLeft = ({ state }: Pick<AttemptRow, 'state'>): boolean => state === 'sending' || state === 'unknown';

/** Versions before kept the vendor's answer alone. */
const refOf = ({ ref, receipt }: Pick<AttemptRow, 'ref' | 'receipt'>): Ref => ref ?? { id: receipt ?? '', url: null, receipt };

export async function extendLease(pool: Pool, deliveryId: string, attempt: number): Promise<void> {
  await pool.query(
    `update deliveries set lease_until = now() + make_interval(secs => $3) where delivery_id = $1 and attempt = $2 and state = 'sending'`,
    [deliveryId, attempt, leaseMs / 1000],
  );
}

/** What can be kept in step: what the message shows, unless it says what was new in another's thread. */
export interface Shows {
  readonly shown: string;
  readonly isReply: boolean;
}

export type Ended =
  | { readonly state: 'sent'; readonly ref: Ref; readonly shows?: Shows }
  /** `unknown`: it broke off after the message may have left. */
  | { readonly state: 'failed' | 'unknown'; readonly failure: Failure; readonly retryInMs: number | null }
  /** Nothing left: it was not wanted any more. */
  | { readonly state: 'skipped'; readonly reason: Said };

/** `receipt` and `error` say in English, for processes of the version before, what `ref`, `reason` and `cure` hold. */
export async function endAttempt(pool: Pool, deliveryId: string, attempt: number, ended: Ended): Promise<void> {
  const ref = ended.state === 'sent' ? ended.ref : null;
  const shows = ended.state === 'sent' ? ended.shows : undefined;
  const failed = ended.state === 'failed' || ended.state === 'unknown' ? ended : null;
  const failure = failed?.failure ?? null;
  const reason = ended.state === 'skipped' ? ended.reason : (failure?.reason ?? null);
  await pool.query({
    name: 'ledger-end',
    text: `with ended as (
        update deliveries set state = $3, permanent = $4, receipt = $5, error = $6, ref = $7, reason = $8, cure = $9,
          finished_at = now(), lease_until = null, retry_at = now() + make_interval(secs => $10::float8 / 1000),
          shown = $11, is_reply = $12
        where delivery_id = $1 and attempt = $2 returning incident_id, state
      )
      select (select ${tellsPages} from incidents i where i.id = ended.incident_id and ended.state in ('failed', 'unknown')) from ended`,
    values: [
      deliveryId,
      attempt,
      ended.state,
      ended.state === 'failed' && ended.failure.permanent,
      ref === null ? null : short(ref.receipt ?? ref.id),
      reason === null ? null : short(words(reason)),
      ref === null ? null : storable(ref),
      reason === null ? null : storable(reason),
      failure === null || failure.cure === null ? null : storable(failure.cure),
      failed?.retryInMs ?? null,
      shows?.shown ?? null,
      shows?.isReply ?? false,
    ],
  });
}

export const short = (text: string): string => storableText(text.slice(0, 500));

/** What is known of a delivery that is not sent any more. */
export interface Skipped {
  /** An earlier attempt delivered it all the same. */
  readonly sent: Ref | null;
  /** An earlier attempt has no known result: it may have arrived. */
  readonly earlierUnknown: boolean;
}

/** A delivery that was not wanted any more when its turn came. Where it was left out of a digest, that is kept already. */
export async function skipDelivery(pool: Pool, facts: DeliveryFacts, reason: Said): Promise<Skipped> {
  const { rows } = await pool.query<Pick<AttemptRow, 'state' | 'receipt' | 'ref'>>(
    `with skipped as (insert into deliveries
       (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, finished_at, error, reason)
     select $1, coalesce(max(attempt), 0) + 1, $2, $3, $4, $5, $6, $7, 'skipped', now(), $8, $9 from deliveries where delivery_id = $1
     having not coalesce(bool_or(state = 'sent' or (state = 'skipped' and digest is not null)), false)
     on conflict do nothing)
     select state, receipt, ref from deliveries where delivery_id = $1`,
    [
      facts.deliveryId,
      facts.incidentId,
      facts.providerId,
      facts.providerType,
      facts.userId,
      facts.address,
      facts.purpose,
      short(words(reason)),
      storable(reason),
    ],
  );
  const sent = rows.find(({ state }) => state === 'sent');
  return { sent: sent === undefined ? null : refOf(sent), earlierUnknown: rows.some(mayHaveLeft) };
}
