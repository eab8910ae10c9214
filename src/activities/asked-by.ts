import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, incidentWorkflowId, incidentWorkflowType } from '../contract/names.ts';

/**
 * Temporal lets everybody who reaches it start an activity, by itself or from a workflow of theirs. Ours answer to the workflow of the incident
 * alone; those that read or write its state, only to one in a worker of ours: what they are asked is in no history, and nobody else can ask it.
 * @throws NotAllowed, for good
 */
export function assertAskedBy(incidentId: string, { here }: { readonly here: boolean }): void {
  const { isLocal, workflowExecution, workflowType } = activityInfo();
  const isOurs = workflowExecution?.workflowId === incidentWorkflowId(incidentId) && workflowType === incidentWorkflowType;
  if (isOurs && (isLocal || !here)) return;
  throw notAllowed();
}

export const notAllowed = (): ApplicationFailure =>
  ApplicationFailure.create({ type: failureTypes.notAllowed, message: 'Only the incident itself may ask for this.', nonRetryable: true });
