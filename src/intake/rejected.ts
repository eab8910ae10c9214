import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Headers } from '../connectors/connector.ts';
import type { PayloadProblem } from '../domain/alert-event.ts';

/** Of a body that was not understood; its hash is of the whole. */
export const keptBytes = 64 * 1024;
/** By then the sender has its 503. */
const writeTimeoutMs = 2_000;

export interface RejectedPayload {
  readonly source: string;
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** That say how it is read. */
  readonly headers: Headers;
  readonly problem: PayloadProblem;
}

/** Keeps what a known sender sent and nobody understood, so that a person can see it. The same body again only counts. */
export async function keepRejected(pool: Pool, { source, body, contentType, headers, problem }: RejectedPayload): Promise<void> {
  const query = {
    name: 'keep-rejected-payload',
    query_timeout: writeTimeoutMs,
    text: `insert into rejected_payloads (source, body_hash, body, content_type, reason, field, headers) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (source, body_hash) do update
      set count = rejected_payloads.count + 1, last_received_at = now(), reason = excluded.reason, field = excluded.field,
        headers = excluded.headers`,
    values: [
      source,
      createHash('sha256').update(body).digest(),
      Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, keptBytes)),
      contentType?.slice(0, 200) ?? null,
      problem.reason,
      problem.field,
      JSON.stringify(headers),
    ],
  };
  await pool.query(query);
}

/** Beyond either, the ones that came longest ago go. */
export const rejectedLimits = { rows: 10_000, bytes: 64 * 1024 * 1024 } as const;

/** One in so many that are kept looks whether there are too many: so much more than the limits there may be for a moment. */
const pruneOneIn = 64;
/** It sorts some ten thousand rows, without their bodies. */
const pruneTimeoutMs = 10_000;

/** Whether it is time to look. `random` is from 0 to 1. */
export const isTimeToPrune = (random: number): boolean => random < 1 / pruneOneIn;

/** Deletes what is beyond the limits; gives back how many. Two at once do no harm. */
export async function pruneRejected(
  pool: Pool,
  limits: { readonly rows: number; readonly bytes: number } = rejectedLimits,
): Promise<number> {
  const query = {
    name: 'prune-rejected-payloads',
    query_timeout: pruneTimeoutMs,
    // The length of a bytea stands beside it: no body is read for this.
    text: `delete from rejected_payloads where id in (
      select id from (
        select id, row_number() over newest as place, sum(octet_length(body)) over newest as bytes from rejected_payloads
        window newest as (order by last_received_at desc, id desc rows unbounded preceding)
      ) counted where place > $1 or bytes > $2)`,
    values: [limits.rows, limits.bytes],
  };
  const { rowCount } = await pool.query(query);
  return rowCount ?? 0;
}
