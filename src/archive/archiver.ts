import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { archiverLock } from '../contract/locks.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { appendRun } from './chain.ts';
import { closedRunOf, continuedRunId, toJson } from './closed-run.ts';
import { listedRuns, runsOfResolved, type RunId } from './find-closed-runs.ts';

export interface ArchiverDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly secrets: SecretBox;
  readonly log: Logger;
}

export interface Archiver {
  /** Begins no other run, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const lookEveryMs = 5_000;
/** Everything that Temporal still has is gone through at the start, and this often. */
const sweepEveryMs = 60 * 60_000;
/** How far a look reaches back before the last one that went well: lists lag, and clocks differ. */
const overlapMs = 10 * 60_000;
/** How far back the store's resolved incidents are looked at; no retention of Temporal's that matters here is longer. */
const sweepBackMs = 30 * 24 * 60 * 60_000;

/**
 * Copies the whole history of every closed run into the archive, before Temporal's retention deletes it. One process at a
 * time does it. It keeps no note of where it is: what is not in the archive is found again, whatever was cut off.
 */
export function startArchiver(deps: ArchiverDeps, everyMs = lookEveryMs): Archiver {
  const { log } = deps;
  const stopping = new AbortController();
  let wake = (): void => undefined;
  let sweptAtMs: number | null = null;
  let lookedAtMs: number | null = null;

  async function look(): Promise<void> {
    const nowMs = Date.now();
    const whole = lookedAtMs === null || sweptAtMs === null || nowMs - sweptAtMs >= sweepEveryMs;
    const since = whole ? null : new Date((lookedAtMs as number) - overlapMs);
    const { complete } = await archiveOnce(deps, { since, signal: stopping.signal });
    if (!complete) return;
    lookedAtMs = nowMs;
    if (whole) sweptAtMs = nowMs;
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ err: error }, 'closed runs could not be archived; trying again'));
      if (stopping.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();

  return {
    async stop() {
      stopping.abort();
      wake();
      await loop;
    },
  };
}

export interface ArchivedOnce {
  readonly archived: number;
  /** False when another process is at it, when it was stopped, or when a run could not be archived: the same has to be looked at again. */
  readonly complete: boolean;
}

/** One look. `since`: only what closed or was resolved after it; null for all. */
export async function archiveOnce(
  deps: ArchiverDeps,
  { since = null, signal }: { readonly since?: Date | null; readonly signal?: AbortSignal } = {},
): Promise<ArchivedOnce> {
  const result = await asArchiver(deps.pool, 'if it is free', () => archiveAll(deps, since, signal));
  return result ?? { archived: 0, complete: false };
}

/** One process at a time: null when another one is at it. `wait` waits for it instead, as long as the pool's statements may take. */
export async function asArchiver<T>(pool: Pool, when: 'if it is free' | 'wait', act: () => Promise<T>): Promise<T | null> {
  const guard = await pool.connect();
  let broken = true;
  try {
    const lock = when === 'wait' ? 'pg_advisory_lock($1) is not null' : 'pg_try_advisory_lock($1)';
    const { rows } = await guard.query<{ free: boolean }>(`select ${lock} as free`, [archiverLock]);
    if (rows[0]?.free !== true) {
      broken = false;
      return null;
    }
    const result = await act();
    await guard.query('select pg_advisory_unlock($1)', [archiverLock]);
    broken = false;
    return result;
  } finally {
    // A connection that is thrown away gives its lock back.
    guard.release(broken);
  }
}

/** Everything that Temporal still has and that is closed. Under the lock of `asArchiver`. */
export async function archiveAll(deps: ArchiverDeps, since: Date | null, signal?: AbortSignal): Promise<ArchivedOnce> {
  let archived = 0;
  let complete = true;
  for (const source of [listedRuns(deps, since), runsOfResolved(deps, since ?? new Date(Date.now() - sweepBackMs))]) {
    for await (const run of source) {
      if (signal?.aborted === true) return { archived, complete: false };
      try {
        archived += await archiveRun(deps, run);
      } catch (error) {
        complete = false;
        deps.log.error({ err: error, ...run }, 'a closed run could not be archived; trying again');
      }
    }
  }
  return { archived, complete };
}

/** Archives a run, and before it those that it continues. Returns how many were added. */
async function archiveRun({ pool, client, secrets, log }: ArchiverDeps, last: RunId): Promise<number> {
  const chain: RunId[] = [];
  for (let run: RunId | null = last; run !== null && !(await isArchived(pool, run.runId));) {
    chain.unshift(run);
    const before: string | null = await continuedBy(client, run);
    run = before === null ? null : { workflowId: run.workflowId, runId: before };
  }
  let added = 0;
  for (const run of chain) {
    const history = await fetchHistory(client, run);
    if (history === null) {
      log.error(run, 'the history of a closed run was gone before it could be archived');
      continue;
    }
    const facts = closedRunOf(history, run);
    if (facts === null) continue;
    const shortId = await shortIdOf(pool, facts.incidentId);
    const link = await appendRun(pool, secrets, { ...facts, shortId, json: toJson(history) });
    if (link === null) continue;
    // A head that stands in a log elsewhere shows later whether the archive was put back to an earlier time.
    log.info({ ...run, shortId, head: `${link.sequence}:${link.hash}` }, 'run archived');
    added += 1;
  }
  return added;
}

async function isArchived(pool: Pool, runId: string): Promise<boolean> {
  return (await pool.query('select 1 from archived_runs where run_id = $1', [runId])).rowCount === 1;
}

/** The run that this one continues. Only the first event is asked for. */
async function continuedBy(client: Client, { workflowId, runId }: RunId): Promise<string | null> {
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    return history == null ? null : continuedRunId(history);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

async function fetchHistory(client: Client, { workflowId, runId }: RunId) {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;
const isGone = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || Number((error as { code?: unknown }).code) === notFound;

async function shortIdOf(pool: Pool, incidentId: string): Promise<string | null> {
  const { rows } = await pool.query<{ short_id: string }>('select short_id from incidents where id = $1', [incidentId]);
  return rows[0]?.short_id ?? null;
}
