import { createHmac, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { inTransaction } from '../../db/in-transaction.ts';
import { counted, paces, waitMs, type GuessCount } from './guess-pace.ts';

/** What guesses are counted by: `['network', '192.0.2.0/24']`. */
export type GuessedBy = readonly [kind: keyof typeof paces, ...names: string[]];

/** Counts guesses in Postgres, so that all API processes slow them together. */
export interface Guesses {
  /**
   * Counts one guess by each of these before its answer is known, so that guesses side by side cannot slip past. Answers 0, or the
   * milliseconds to wait: then it was not counted, and must not be answered.
   */
  count(by: readonly GuessedBy[]): Promise<number>;
  /** It was right: taken back where it was counted, and `forgotten` begins anew. */
  wasRight(by: readonly GuessedBy[], forgotten: readonly GuessedBy[]): Promise<void>;
}

export interface GuessesDeps {
  readonly pool: Pool;
  /** Keys are hashed under it: what was typed as a user name may be a password. Null: under one of this process's own. */
  readonly secretKey: string | null;
  readonly log: Logger;
}

/** Beyond these the oldest are forgotten. */
const mostKept = 100_000;
const pruneEvery = 200;

export function createGuesses({ pool, secretKey, log }: GuessesDeps): Guesses {
  const hashKey = createHmac('sha256', secretKey ?? randomBytes(32))
    .update('imas guesses')
    .digest();
  let sincePruned = 0;

  const keyed = (by: readonly GuessedBy[]): Keyed[] =>
    by
      .map(([kind, ...names]) => ({
        pace: paces[kind],
        key: createHmac('sha256', hashKey)
          .update(JSON.stringify([kind, ...names]))
          .digest(),
      }))
      // Always locked in the same order.
      .toSorted((a, b) => a.key.compare(b.key));

  function pruneSometimes(): void {
    sincePruned += 1;
    if (sincePruned < pruneEvery) return;
    sincePruned = 0;
    prune(pool).catch((error: unknown) => log.warn({ err: error }, 'old counts of guesses could not be deleted'));
  }

  return {
    async count(by) {
      pruneSometimes();
      const keys = keyed(by);
      return inTransaction(pool, async (client) => {
        const { counts, nowMs } = await lock(client, keys);
        const wait = Math.max(...counts.map((count) => waitMs(count, count.pace, nowMs)));
        if (wait > 0) return wait;
        await write(
          client,
          counts.map((count) => ({ ...counted(count, count.pace, nowMs, 1), key: count.key })),
        );
        return 0;
      });
    },
    async wasRight(by, forgotten) {
      await inTransaction(pool, async (client) => {
        const { counts, nowMs } = await lock(client, keyed(by));
        const gone = keyed(forgotten).map(({ key }) => key);
        await write(
          client,
          counts.map((count) => ({ ...counted(count, count.pace, nowMs, -1), key: count.key })),
        );
        await client.query('delete from guess_counts where key = any($1::bytea[])', [gone]);
      });
    },
  };
}

interface Keyed {
  readonly key: Buffer;
  readonly pace: (typeof paces)[keyof typeof paces];
}

/** Their rows, made where they are missing, and locked until the transaction ends. Postgres's clock: processes share it. */
async function lock(
  client: PoolClient,
  keys: readonly Keyed[],
): Promise<{ readonly counts: readonly (GuessCount & Keyed)[]; readonly nowMs: number }> {
  const { rows } = await client.query<{ key: Buffer; guesses: number; counted_ms: number; now_ms: number }>(
    `insert into guess_counts (key) select unnest($1::bytea[])
     on conflict (key) do update set key = excluded.key
     returning key, guesses, extract(epoch from counted_at)::float8 * 1000 as counted_ms, extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`,
    [keys.map(({ key }) => key)],
  );
  const counts = keys.map((keyed) => {
    const row = rows.find(({ key }) => key.equals(keyed.key));
    return { ...keyed, guesses: row?.guesses ?? 0, countedAtMs: row?.counted_ms ?? 0 };
  });
  return { counts, nowMs: rows[0]?.now_ms ?? 0 };
}

async function write(client: PoolClient, counts: readonly (GuessCount & { readonly key: Buffer })[]): Promise<void> {
  await client.query(
    `update guess_counts as g set guesses = v.guesses, counted_at = to_timestamp(v.ms / 1000)
     from unnest($1::bytea[], $2::float8[], $3::float8[]) as v (key, guesses, ms) where g.key = v.key`,
    [counts.map(({ key }) => key), counts.map(({ guesses }) => guesses), counts.map(({ countedAtMs }) => countedAtMs)],
  );
}

/** An hour makes nothing of the most that any pace counts. */
async function prune(pool: Pool): Promise<void> {
  await pool.query(
    `delete from guess_counts where counted_at < now() - interval '1 hour'
       or key in (select key from guess_counts order by counted_at desc offset $1)`,
    [mostKept],
  );
}
