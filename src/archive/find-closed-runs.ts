import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { incidentIdOf, incidentWorkflowId, incidentWorkflowType } from '../contract/names.ts';
import { lastRunOf, listRuns } from '../temporal-runs.ts';

export interface RunId {
  readonly workflowId: string;
  readonly runId: string;
}

/** Runs looked up in the archive at once. */
const batchSize = 200;

/**
 * Closed runs that Temporal lists, closed since then (all that it still has, when null) and not archived. Its lists lag some
 * seconds behind.
 */
export async function* listedRuns({ pool, client }: { pool: Pool; client: Client }, since: Date | null): AsyncGenerator<RunId> {
  const closed = `WorkflowType = '${incidentWorkflowType}' AND ExecutionStatus != 'Running'`;
  const query = since === null ? closed : `${closed} AND CloseTime >= '${since.toISOString()}'`;
  let batch: RunId[] = [];
  for await (const { workflowId, runId } of listRuns(client, { query, pageSize: batchSize })) {
    // Started by somebody who is none of us.
    if (incidentIdOf(workflowId) === null) continue;
    batch.push({ workflowId, runId });
    if (batch.length < batchSize) continue;
    yield* await notArchived(pool, batch);
    batch = [];
  }
  yield* await notArchived(pool, batch);
}

async function notArchived(pool: Pool, runs: readonly RunId[]): Promise<RunId[]> {
  if (runs.length === 0) return [];
  const { rows } = await pool.query<{ run_id: string }>('select run_id from archived_runs where run_id = any($1::uuid[])', [
    runs.map(({ runId }) => runId),
  ]);
  const known = new Set(rows.map(({ run_id }) => run_id));
  return runs.filter(({ runId }) => !known.has(runId));
}

/** An incident whose run is gone is asked for again after this: Temporal may have been put back meanwhile. */
const askAgainAfter = '1 hour';

/**
 * The last runs of incidents that the store knows as resolved since then, and whose last run is not archived: found whether or
 * not Temporal's lists are up to date.
 */
export async function* runsOfResolved({ pool, client }: { pool: Pool; client: Client }, since: Date): AsyncGenerator<RunId> {
  const { rows } = await pool.query<{ id: string }>(
    `select i.id from incidents i
     where i.status = 'RESOLVED' and i.resolved_at >= $1
       and not exists (select from archived_runs a where a.incident_id = i.id and a.closed_at >= i.resolved_at)
       and not exists (select from archive_absences b where b.incident_id = i.id and b.asked_at > now() - interval '${askAgainAfter}')
     order by i.resolved_at`,
    [since.toISOString()],
  );
  for (const { id } of rows) {
    const run = await lastRunOf(client, incidentWorkflowId(id));
    if (run?.isRunning === false) yield { workflowId: run.workflowId, runId: run.runId };
    if (run !== null) continue;
    await pool.query(
      'insert into archive_absences (incident_id) values ($1) on conflict (incident_id) do update set asked_at = excluded.asked_at',
      [id],
    );
  }
}
