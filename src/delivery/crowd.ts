import type { Pool } from 'pg';
import type { Page } from '../domain/incident/paging.ts';
import type { Said } from '../domain/said.ts';
import type { Ref } from '../connectors/outcome.ts';
import type { DeliveryFacts } from './ledger.ts';

/** A minute, in which so many messages of one way to a person leave by themselves. */
export interface CrowdLimits {
  /** 0 for no limit. */
  readonly messages: number;
  readonly windowMs: number;
}

/** @param messages a minute; 0 for no limit */
export const crowdLimits = (messages: number): CrowdLimits => ({ messages, windowMs: 60_000 });

/** A message to a person about an incident, as it waits. */
export interface CrowdMessage extends DeliveryFacts {
  readonly incidentId: string;
  readonly userId: string;
  readonly about: MessageAbout;
  /** A page of the worst severity: only such are counted before it. */
  readonly isUrgent: boolean;
  readonly signal?: AbortSignal;
}

/** What a waiting message is made of when it leaves. */
export type MessageAbout = Pick<Page, 'plan' | 'atMs'>;

export type Standing =
  /** It may leave by itself. */
  | { readonly is: 'free' }
  /** Too many left in this minute, which ends in `ms`. */
  | { readonly is: 'over'; readonly ms: number }
  /** It waits with others. */
  | { readonly is: 'waiting' }
  /** A digest has ended with it. */
  | { readonly is: 'ended'; readonly as: EndedTogether };

export type EndedTogether =
  | { readonly state: 'sent'; readonly ref: Ref; readonly together: number; readonly perhapsTwice: boolean }
  | { readonly state: 'skipped' }
  | { readonly state: 'refused'; readonly reason: Said; readonly cure: Said | null };

interface Row {
  readonly waiting: boolean;
  readonly tried: boolean;
  readonly last: {
    readonly state: string;
    readonly permanent: boolean;
    readonly ref: Ref | null;
    readonly reason: Said | null;
    readonly cure: Said | null;
    readonly digest: { readonly incidents: number; readonly perhapsTwice?: boolean } | null;
  } | null;
  readonly messages: number | null;
  readonly ms: number | null;
}

/** Counts a message that is new; one that was tried or waits is counted already. */
export async function standingOf(pool: Pool, message: CrowdMessage, { messages: limit, windowMs }: CrowdLimits): Promise<Standing> {
  const { rows } = await pool.query<Row>({
    name: 'crowd-standing',
    text: `with last as (
        select state, permanent, ref, reason, cure, digest from deliveries where delivery_id = $1 order by attempt desc limit 1
      ),
      known as (
        select exists (select from waiting_messages where delivery_id = $1) as waiting, exists (select from last) as tried
      ),
      counted as (
        insert into message_counts as c (provider_id, user_id, address, kind, began_at, messages)
        select $2, $3, $4, kind, now(), 1 from known cross join (values ('any'), ('urgent')) as kinds(kind)
        where not waiting and not tried and (kind = 'any' or $5::boolean)
        on conflict (provider_id, user_id, address, kind) do update set
          began_at = case when c.began_at > now() - make_interval(secs => $6) then c.began_at else now() end,
          messages = case when c.began_at > now() - make_interval(secs => $6) then c.messages + 1 else 1 end
        returning kind, messages, (extract(epoch from began_at + make_interval(secs => $6) - now()) * 1000)::float8 as ms
      )
      select known.waiting, known.tried, (select to_json(last) from last) as last, counted.messages, counted.ms
      from known left join counted on counted.kind = case when $5::boolean then 'urgent' else 'any' end`,
    values: [message.deliveryId, message.providerId, message.userId, message.address ?? '', message.isUrgent, windowMs / 1_000],
  });
  const row = rows[0] as Row;
  if (row.waiting) return { is: 'waiting' };
  const ended = endedTogether(row);
  if (ended !== null) return { is: 'ended', as: ended };
  return row.messages === null || row.messages <= limit ? { is: 'free' } : { is: 'over', ms: Math.max(0, row.ms ?? windowMs) };
}

function endedTogether({ last }: Row): EndedTogether | null {
  if (last === null || last.digest === null) return null;
  if (last.state === 'skipped') return { state: 'skipped' };
  if (last.state === 'sent' && last.ref !== null) {
    return { state: 'sent', ref: last.ref, together: last.digest.incidents, perhapsTwice: last.digest.perhapsTwice === true };
  }
  if (last.state === 'failed' && last.permanent && last.reason !== null) return { state: 'refused', reason: last.reason, cure: last.cure };
  return null;
}

/** From now on it waits until `ms` from now, and then leaves with all that wait for the same person and way. */
export async function letWait(
  pool: Pool,
  { deliveryId, incidentId, providerId, userId, address, purpose, about }: CrowdMessage,
  ms: number,
): Promise<void> {
  await pool.query({
    name: 'crowd-wait',
    text: `insert into waiting_messages (delivery_id, incident_id, provider_id, user_id, address, purpose, about, due_at)
      values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)) on conflict (delivery_id) do nothing`,
    values: [deliveryId, incidentId, providerId, userId, address ?? '', purpose, JSON.stringify(about), ms / 1_000],
  });
}
