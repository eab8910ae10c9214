import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Pool } from 'pg';
import { incidentWorkflowId } from '../contract/names.ts';
import { lastRunOf } from '../temporal-runs.ts';
import { historyOf, isEmptied, linkHash, linkOf, type ArchivedRow } from './archived-run.ts';
import { continuedRunId, toJson } from './closed-run.ts';
import { expectedHash, readErasures, stepsByLink, whatIsWrong, type ErasureLink } from './erasures.ts';
import type { RecordedRun } from './histories-file.ts';

export interface FoundIncident {
  readonly id: string;
  readonly shortId: string | null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const shortId = /^INC-[A-Z0-9]{6}$/i;

export const isIncidentId = (text: string): boolean => uuid.test(text) || shortId.test(text);

/** By UUID or short id, also one that only the archive knows any more. */
export async function findIncident(pool: Pool, given: string): Promise<FoundIncident | null> {
  const byId = uuid.test(given);
  const { rows } = await pool.query<{ id: string; short_id: string | null }>(
    `select id, short_id from incidents where ${byId ? 'id = $1::uuid' : 'short_id = $1'}
     union all select incident_id, short_id from archived_runs where ${byId ? 'incident_id = $1::uuid' : 'short_id = $1'} limit 1`,
    [byId ? given : given.toUpperCase()],
  );
  return rows[0] === undefined ? null : { id: rows[0].id, shortId: rows[0].short_id };
}

export interface ArchivedHistory {
  readonly run: RecordedRun;
  /** False when it is neither what was archived nor what erasures left of it. */
  readonly intact: boolean;
  /** The last one that changed it; null where none did. */
  readonly erasure: ErasureLink | null;
  /** Nothing is left of it: the run has no history. */
  readonly isGone: boolean;
}

/** Its archived runs, oldest first. */
export async function archivedRuns(pool: Pool, incidentId: string): Promise<readonly ArchivedHistory[]> {
  const { rows } = await pool.query<ArchivedRow>('select * from archived_runs where incident_id = $1 order by started_at, sequence', [
    incidentId,
  ]);
  const stepsOf = stepsByLink(await readErasures(pool));
  return rows.map((row) => {
    const link = linkOf(row);
    const steps = stepsOf.get(link.sequence) ?? [];
    const json = isEmptied(row) ? null : historyOf(row);
    const history = json === null ? null : JSON.parse(json);
    const erasedHash = steps.length === 0 ? null : expectedHash(row, steps);
    return {
      run: { workflowId: row.workflow_id, runId: row.run_id, history, link, erasedHash },
      intact: whatIsWrong(row, steps) === null && linkHash(link) === row.hash,
      erasure: steps.at(-1)?.erasure ?? null,
      isGone: isEmptied(row),
    };
  });
}

/** Runs that Temporal still has and the archive has not: those of an open incident, and what closed a moment ago. */
export async function runsInTemporal(client: Client, incidentId: string, archived: ReadonlySet<string>): Promise<readonly RecordedRun[]> {
  const workflowId = incidentWorkflowId(incidentId);
  const runs: RecordedRun[] = [];
  let runId: string | null;
  try {
    runId = (await lastRunOf(client, workflowId))?.runId ?? null;
    while (runId !== null && !archived.has(runId)) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      runs.unshift({ workflowId, runId, history: JSON.parse(toJson(history)), link: null });
      runId = continuedRunId(history);
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return runs;
}
