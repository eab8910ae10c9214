import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../db/in-transaction.ts';
import type { Said } from '../domain/said.ts';
import type { CrowdMessage, MessageAbout } from './crowd.ts';
import { leaseMs } from './ledger.ts';

/** A message whose own sender has not asked for so long was given up by it, and is not sent behind its back. Should it ask again, it waits on. */
const forgottenAfter = '5 minutes';
/** Whoever waits asks at least so often. */
const longestWaitMs = 60_000;
/** Those who find a digest under way look again after this. */
const lookAgainMs = 5_000;

export interface Gathered {
  readonly digestId: string;
  readonly madeAtMs: number;
  readonly attempts: number;
  readonly members: readonly Member[];
}

export interface Member {
  readonly deliveryId: string;
  readonly incidentId: string;
  readonly purpose: string;
  readonly about: MessageAbout;
}

export type Gathering =
  /** It waits no more: it was told with others meanwhile. */
  | { readonly is: 'none' }
  /** Nothing else waits: it may leave by itself. */
  | { readonly is: 'alone' }
  | { readonly is: 'waiting'; readonly ms: number; readonly reason: Said | null }
  /** The caller has to send them, within its lease. */
  | { readonly is: 'due'; readonly digest: Gathered };

interface WaitingRow extends Member {
  readonly digestId: string | null;
  readonly inMs: number;
  readonly isForgotten: boolean;
}

/**
 * Once they are due, gathers all that wait for the person and way of a message. Who is gathered stays together, under one id, on every
 * attempt; one process at a time has the lease.
 */
export async function gather(pool: Pool, message: CrowdMessage): Promise<Gathering> {
  const way = [message.providerId, message.userId, message.address ?? ''];
  return inTransaction(pool, async (client): Promise<Gathering> => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [way.join(' ')]);
    await client.query('update waiting_messages set seen_at = now() where delivery_id = $1', [message.deliveryId]);
    const { rows } = await client.query<WaitingRow>({
      name: 'gather-read',
      text: `select delivery_id as "deliveryId", incident_id as "incidentId", purpose, about, digest_id as "digestId",
          (extract(epoch from due_at - now()) * 1000)::float8 as "inMs", seen_at < now() - interval '${forgottenAfter}' as "isForgotten"
        from waiting_messages where provider_id = $1 and user_id = $2 and address = $3 order by due_at, delivery_id`,
      values: way,
    });
    const mine = rows.find(({ deliveryId }) => deliveryId === message.deliveryId);
    if (mine === undefined) return { is: 'none' };
    if (mine.digestId !== null) {
      return takeUp(
        client,
        mine.digestId,
        rows.filter(({ digestId, isForgotten }) => digestId === mine.digestId && !isForgotten),
      );
    }
    const members = rows.filter(({ digestId, isForgotten }) => digestId === null && !isForgotten);
    const ms = Math.min(...members.map(({ inMs }) => inMs));
    if (ms > 0) return { is: 'waiting', ms, reason: null };
    if (members.length === 1) {
      await client.query('delete from waiting_messages where delivery_id = $1', [message.deliveryId]);
      return { is: 'alone' };
    }
    return { is: 'due', digest: await begin(client, members) };
  });
}

async function begin(client: PoolClient, members: readonly Member[]): Promise<Gathered> {
  await client.query(`delete from waiting_messages where seen_at < now() - interval '1 day'`);
  await client.query(
    `delete from digests where made_at < now() - interval '1 day' and not exists (select from waiting_messages where digest_id = digests.id)`,
  );
  const digestId = randomUUID();
  const { rows } = await client.query<{ made_at: Date }>(
    'insert into digests (id, lease_until) values ($1, now() + make_interval(secs => $2)) returning made_at',
    [digestId, leaseMs / 1_000],
  );
  await client.query('update waiting_messages set digest_id = $1 where delivery_id = any($2)', [
    digestId,
    members.map(({ deliveryId }) => deliveryId),
  ]);
  return { digestId, madeAtMs: rows[0]?.made_at.getTime() ?? Date.now(), attempts: 0, members };
}

/** One that was begun, and failed or was cut off. */
async function takeUp(client: PoolClient, digestId: string, members: readonly Member[]): Promise<Gathering> {
  const { rows } = await client.query<{ made_at: Date; attempts: number; lease_ms: number; retry_ms: number; reason: Said | null }>(
    `select made_at, attempts, reason, coalesce(extract(epoch from lease_until - now()) * 1000, 0)::float8 as lease_ms,
       coalesce(extract(epoch from retry_at - now()) * 1000, 0)::float8 as retry_ms from digests where id = $1`,
    [digestId],
  );
  const digest = rows[0];
  if (digest === undefined) return { is: 'none' };
  if (digest.lease_ms > 0) return { is: 'waiting', ms: Math.min(digest.lease_ms, lookAgainMs), reason: digest.reason };
  if (digest.retry_ms > 0) return { is: 'waiting', ms: Math.min(digest.retry_ms, longestWaitMs), reason: digest.reason };
  await client.query('update digests set lease_until = now() + make_interval(secs => $2) where id = $1', [digestId, leaseMs / 1_000]);
  return { is: 'due', digest: { digestId, madeAtMs: digest.made_at.getTime(), attempts: digest.attempts, members } };
}

export async function extendDigestLease(pool: Pool, digestId: string): Promise<void> {
  await pool.query(
    `with held as (update digests set lease_until = now() + make_interval(secs => $2) where id = $1 and lease_until is not null)
     update deliveries set lease_until = now() + make_interval(secs => $2)
     where state = 'sending' and delivery_id in (select delivery_id from waiting_messages where digest_id = $1)`,
    [digestId, leaseMs / 1_000],
  );
}
