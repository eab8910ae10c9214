import type { Client } from '@temporalio/client';
import { incidentWorkflowId, incidentWorkflowType, taskQueue } from '../contract/names.ts';
import { lastRunOf, listRuns } from '../temporal-runs.ts';

export interface Running {
  /** Of the incidents asked for, those whose workflow Temporal does not run. Empty while it does not answer. */
  readonly missing: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/** Runs listed by one call. */
const pageSize = 1_000;
/** Those that the list did not name are asked for one by one, since it lags; more than this are believed to be gone. */
const askedOneByOne = 200;
const askedAtOnce = 20;
const patienceMs = 10_000;

/** Which of the incidents have no running workflow: some ten calls for ten thousand. */
export async function readRunning(client: Client, incidentIds: readonly string[], silentMs: number): Promise<Running> {
  try {
    const [missing, polled] = await client.withDeadline(Date.now() + patienceMs, async () =>
      Promise.all([findMissing(client, incidentIds), isPolled(client, silentMs)]),
    );
    return { missing, problems: polled ? [] : ['no worker polls'] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: new Set(), problems: [`Temporal does not answer: ${reason.slice(0, 200)}`] };
  }
}

async function findMissing(client: Client, incidentIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (incidentIds.length === 0) return new Set();
  const running = new Set<string>();
  const query = `WorkflowType = '${incidentWorkflowType}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of listRuns(client, { query, pageSize })) running.add(workflowId);
  const unlisted = incidentIds.filter((id) => !running.has(incidentWorkflowId(id)));
  const missing = new Set(unlisted.slice(askedOneByOne));
  for (let index = 0; index < Math.min(unlisted.length, askedOneByOne); index += askedAtOnce) {
    const some = unlisted.slice(index, Math.min(index + askedAtOnce, askedOneByOne));
    const states = await Promise.all(some.map((id) => isRunning(client, id)));
    some.forEach((id, at) => states[at] === false && missing.add(id));
  }
  return missing;
}

/** What runs under the incident's id and is not its workflow keeps that from starting: it is ended. */
async function isRunning(client: Client, incidentId: string): Promise<boolean> {
  const run = await lastRunOf(client, incidentWorkflowId(incidentId));
  if (run === null || !run.isRunning) return false;
  if (run.type === incidentWorkflowType && run.taskQueue === taskQueue) return true;
  await client.workflow.getHandle(run.workflowId, run.runId).terminate('This is not the workflow of the incident');
  return false;
}

/** Whether somebody has asked for workflow tasks lately. 1 is TASK_QUEUE_TYPE_WORKFLOW (temporal/api/enums/v1/task_queue.proto). */
async function isPolled(client: Client, silentMs: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const sinceMs = Date.now() - silentMs;
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > sinceMs);
}
