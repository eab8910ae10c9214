import { createHmac } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Pool } from 'pg';
import type { ApiDeps } from './deps.ts';
import { invalid, Problem } from './problem.ts';
import type { ApiEnv } from './env.ts';

const writes = new Set(['POST', 'PATCH', 'PUT', 'DELETE']);

/** After this a request that never ended (its process died) may be made again. */
const abandonedAfter = '60 seconds';
const keptFor = '24 hours';

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): the same request with the same key gets the first
 * one's answer, and nothing is done twice. Answers that may change by themselves (202, 5xx) are not kept: what they asked
 * for is known by its own id.
 */
export const idempotency = ({ database, config }: Pick<ApiDeps, 'database' | 'config'>) =>
  createMiddleware<ApiEnv>(async function idempotency(c, next) {
    const key = c.req.header('idempotency-key');
    if (key === undefined || !writes.has(c.req.method)) return next();
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
      throw invalid([{ field: 'Idempotency-Key', reason: 'must be 1 to 200 printable characters' }]);
    }
    const { userId } = c.get('signedIn');
    const { pool } = database;
    const path = c.req.path.replace(/\/$/, '');
    // Keyed, since a body may hold a password: who has the store alone cannot try passwords against it.
    const requestHash = createHmac('sha256', config.secretKey ?? '')
      .update(`${key}\n${c.req.method} ${path}\n${await c.req.text()}`)
      .digest();
    const known = await claim(pool, userId, key, requestHash);
    if (known !== null) {
      if (!known.request_hash.equals(requestHash)) throw new Problem(422, 'This Idempotency-Key was used for another request.');
      if (known.status === null) {
        throw new Problem(409, 'The first request with this Idempotency-Key is still under way.', { headers: { 'Retry-After': '1' } });
      }
      c.header('Idempotency-Replayed', 'true');
      const { body, type, location } = known.response ?? { body: null, type: null, location: null };
      if (type !== null) c.header('Content-Type', type);
      if (location !== null) c.header('Location', location);
      return body === null ? c.body(null, known.status as 204) : c.body(body, known.status as 200);
    }
    let kept = false;
    try {
      await next();
      const { status, headers } = c.res;
      if (status === 202 || status >= 500) return;
      const body = status === 204 ? null : await c.res.clone().text();
      const answer = { body, type: headers.get('content-type'), location: headers.get('location') };
      await pool.query('update idempotency_keys set status = $3, response = $4 where user_id = $1 and key = $2', [
        userId,
        key,
        status,
        JSON.stringify(answer),
      ]);
      kept = true;
    } finally {
      if (!kept) await pool.query('delete from idempotency_keys where user_id = $1 and key = $2', [userId, key]);
    }
  });

interface KnownRequest {
  readonly request_hash: Buffer;
  /** Null while it is under way. */
  readonly status: number | null;
  readonly response: { readonly body: string | null; readonly type: string | null; readonly location: string | null } | null;
}

/** Null when the key is now this request's; else what is known about its first use. */
async function claim(pool: Pool, userId: string, key: string, requestHash: Buffer): Promise<KnownRequest | null> {
  await pool.query(
    `delete from idempotency_keys where user_id = $1
       and (created_at < now() - interval '${keptFor}' or (status is null and created_at < now() - interval '${abandonedAfter}'))`,
    [userId],
  );
  const inserted = await pool.query(
    'insert into idempotency_keys (user_id, key, request_hash) values ($1, $2, $3) on conflict do nothing',
    [userId, key, requestHash],
  );
  if (inserted.rowCount === 1) return null;
  const { rows } = await pool.query<KnownRequest>(
    'select request_hash, status, response from idempotency_keys where user_id = $1 and key = $2',
    [userId, key],
  );
  // Gone again meanwhile: its first use came to nothing, and the caller may try once more.
  return rows[0] ?? { request_hash: requestHash, status: null, response: null };
}
