import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

/** https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;

export async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Those that Temporal still has; it deletes them a moment later. Returns how many. */
export async function deleteRuns(client: Client, workflowId: string, runIds: readonly string[]): Promise<number> {
  let deleted = 0;
  for (const runId of runIds) {
    try {
      await client.workflowService.deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
      });
      deleted += 1;
    } catch (error) {
      if (Number((error as { code?: unknown }).code) !== notFound) throw error;
    }
  }
  return deleted;
}
