import type { Pool } from 'pg';
import type { Failure, Outcome, Ref } from '../connectors/outcome.ts';
import { storable } from '../db/storable.ts';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { CrowdMessage } from './crowd.ts';
import type { Member } from './gather.ts';
import { leaseMs, short } from './ledger.ts';

/** The same ledger, for messages that leave in one: each has its own rows, and they say in which digest. */

type Way = Pick<CrowdMessage, 'providerId' | 'providerType' | 'userId' | 'address'>;

export interface BegunTogether {
  /** Attempt by delivery id, of those that are to be sent. */
  readonly attempts: ReadonlyMap<string, number>;
  /** An earlier attempt at one of them may have left. */
  readonly earlierUnknown: boolean;
}

/**
 * Before anything leaves. Those that were sent after all are not among them. Whoever has the lease of the digest has its messages: an
 * attempt of the same digest that seems to be under way was cut off.
 */
export async function beginTogether(pool: Pool, way: Way, digestId: string, members: readonly Member[]): Promise<BegunTogether> {
  const { rows } = await pool.query<{ delivery_id: string; attempt: number; may_have_left: boolean }>({
    name: 'ledger-begin-together',
    text: `with members as (
        select * from json_to_recordset($1::json) as m("deliveryId" text, "incidentId" uuid, purpose text)
      ),
      before as (
        select delivery_id, max(attempt) as last, bool_or(state = 'sent') as sent, bool_or(state in ('sending', 'unknown')) as may_have_left,
          bool_or(state = 'sending' and lease_until > now() and digest ->> 'id' is distinct from $7::text) as busy
        from deliveries where delivery_id in (select "deliveryId" from members) group by delivery_id
      ),
      cut_off as (
        update deliveries set state = 'unknown', finished_at = now(), error = 'cut off: no result was kept'
        where delivery_id in (select "deliveryId" from members) and state = 'sending'
          and (coalesce(lease_until, '-infinity') <= now() or digest ->> 'id' = $7::text)
      ),
      begun as (
        insert into deliveries (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, lease_until, digest)
        select m."deliveryId", coalesce(b.last, 0) + 1, m."incidentId", $2, $3, $4, $5, m.purpose, 'sending', now() + make_interval(secs => $6),
          json_build_object('id', $7::text)
        from members m left join before b on b.delivery_id = m."deliveryId"
        where not coalesce(b.sent or b.busy, false)
        on conflict do nothing
        returning delivery_id, attempt
      )
      select begun.delivery_id, begun.attempt, coalesce(b.may_have_left, false) as may_have_left
      from begun left join before b on b.delivery_id = begun.delivery_id`,
    values: [JSON.stringify(members), way.providerId, way.providerType, way.userId, way.address, leaseMs / 1_000, digestId],
  });
  return {
    attempts: new Map(rows.map(({ delivery_id, attempt }) => [delivery_id, attempt])),
    earlierUnknown: rows.some(({ may_have_left }) => may_have_left),
  };
}

/** What nobody needs any more when the digest leaves is left out of it, and waits no more. */
export async function leaveOut(
  pool: Pool,
  way: Way,
  digestId: string,
  unwanted: readonly { readonly member: Member; readonly reason: Said }[],
): Promise<void> {
  if (unwanted.length === 0) return;
  const left = unwanted.map(({ member, reason }) => ({
    ...member,
    reason: JSON.parse(storable(reason)) as unknown,
    error: short(words(reason)),
  }));
  await pool.query({
    name: 'ledger-leave-out',
    text: `with members as (
        select * from json_to_recordset($1::json) as m("deliveryId" text, "incidentId" uuid, purpose text, reason jsonb, error text)
      ),
      gone as (delete from waiting_messages where delivery_id in (select "deliveryId" from members))
      insert into deliveries (delivery_id, attempt, incident_id, provider_id, provider_type, user_id, address, purpose, state, finished_at, error, reason, digest)
      select m."deliveryId", (select coalesce(max(attempt), 0) + 1 from deliveries where delivery_id = m."deliveryId"),
        m."incidentId", $2, $3, $4, $5, m.purpose, 'skipped', now(), m.error, m.reason, json_build_object('id', $6::text)
      from members m on conflict do nothing`,
    values: [JSON.stringify(left), way.providerId, way.providerType, way.userId, way.address, digestId],
  });
}

export interface SentTogether {
  readonly digestId: string;
  readonly attempts: ReadonlyMap<string, number>;
  /** How many incidents it tells of. */
  readonly incidents: number;
  readonly perhapsTwice: boolean;
}

/** Keeps one result for all of them, and ends the digest unless it is tried again, in `retryMs`. */
export async function endTogether(
  pool: Pool,
  { digestId, attempts, incidents, perhapsTwice }: SentTogether,
  result: Outcome<Ref>,
  retryMs: number,
): Promise<void> {
  const failure: Failure | null = result.ok ? null : result;
  const isOver = failure === null || failure.permanent;
  const state = failure === null ? 'sent' : !failure.permanent && failure.maybeDone ? 'unknown' : 'failed';
  const rows = [...attempts].map(([deliveryId, attempt]) => ({ deliveryId, attempt }));
  await pool.query({
    name: 'ledger-end-together',
    text: `with members as (select * from json_to_recordset($1::json) as m("deliveryId" text, attempt integer)),
      ended as (
        update deliveries d set state = $2, permanent = $3, receipt = $4, error = $5, ref = $6, reason = $7, cure = $8, digest = $9,
          finished_at = now(), lease_until = null
        from members m where d.delivery_id = m."deliveryId" and d.attempt = m.attempt
      ),
      gone as (delete from waiting_messages where $10::boolean and digest_id = $11::uuid and delivery_id in (select "deliveryId" from members)),
      over as (delete from digests where $10::boolean and id = $11::uuid)
      update digests set lease_until = null, attempts = attempts + 1, retry_at = now() + make_interval(secs => $12), reason = $7, cure = $8
      where not $10::boolean and id = $11::uuid`,
    values: [
      JSON.stringify(rows),
      state,
      failure?.permanent ?? false,
      result.ok ? short(result.value.receipt ?? result.value.id) : null,
      failure === null ? null : short(words(failure.reason)),
      result.ok ? storable(result.value) : null,
      failure === null ? null : storable(failure.reason),
      failure === null || failure.cure === null ? null : storable(failure.cure),
      JSON.stringify({ id: digestId, incidents, ...(perhapsTwice && { perhapsTwice }) }),
      isOver,
      digestId,
      retryMs / 1_000,
    ],
  });
}

/** There is nobody left to tell: all were left out. */
export async function endEmpty(pool: Pool, digestId: string): Promise<void> {
  await pool.query('delete from digests where id = $1', [digestId]);
}
