import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { retentionLock } from '../contract/locks.ts';
import type { Metrics } from '../observe/metrics.ts';
import { nextStep } from './alerts-pass.ts';
import { deleteOldAnswers, deleteOldDeliveries, deleteOldIncidents, deleteOldTurns } from './old-rows.ts';
import type { RetentionSettings } from './settings.ts';

export interface RetentionDeps {
  readonly pool: Pool;
  readonly settings: RetentionSettings;
  readonly metrics: Pick<Metrics, 'retentionDeleted'>;
  readonly log: Logger;
}

export interface Retention {
  /** Begins no other step, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const hourMs = 60 * 60_000;
const lookEveryMs = 60_000;
/** Between two steps, so that alerts and people come first. */
const restMs = 200;

/** Deletes what need not be kept any longer, in small steps. One process at a time does it; another goes on where it stopped. */
export function startRetention(deps: RetentionDeps): Retention {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await retainOnce(deps, { signal, restMs, passEveryMs: hourMs }).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'what is old could not be deleted; it is tried again'),
      );
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

export interface RetainOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds between two steps. */
  readonly restMs: number;
  /** How long after its end the next pass through all alerts begins. */
  readonly passEveryMs: number;
}

/** All that is due. False when another process is at it, or when it was stopped. */
export async function retainOnce(deps: RetentionDeps, options: RetainOptions): Promise<boolean> {
  const guard = await deps.pool.connect();
  let broken = true;
  try {
    const { rows } = await guard.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [retentionLock]);
    const free = rows[0]?.free === true;
    const done = free && (await retain(deps, options));
    if (free) await guard.query('select pg_advisory_unlock($1)', [retentionLock]);
    broken = false;
    return done;
  } finally {
    // A connection that is thrown away gives its lock back.
    guard.release(broken);
  }
}

async function retain({ pool, settings, metrics }: RetentionDeps, { signal, restMs, passEveryMs }: RetainOptions): Promise<boolean> {
  const { deliveriesDays, incidentsDays } = settings;
  const counted = (kind: 'alerts' | 'bodies' | 'deliveries' | 'incidents', count: number): boolean => {
    if (count > 0) metrics.retentionDeleted.inc({ kind }, count);
    return count > 0;
  };
  /** Each answers whether there may be more. */
  const steps: readonly (() => Promise<boolean>)[] = [
    async () => incidentsDays !== null && counted('incidents', await deleteOldIncidents(pool, incidentsDays)),
    async () => deliveriesDays !== null && counted('deliveries', await deleteOldDeliveries(pool, deliveriesDays)),
    async () => {
      const deleted = await nextStep(pool, settings, passEveryMs);
      counted('alerts', deleted?.alerts ?? 0);
      counted('bodies', deleted?.bodies ?? 0);
      return deleted !== null;
    },
  ];
  await deleteOldTurns(pool);
  await deleteOldAnswers(pool);
  for (const step of steps) {
    while (await step()) {
      await delay(restMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      if (signal?.aborted === true) return false;
    }
  }
  return true;
}
