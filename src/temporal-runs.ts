import { isGrpcServiceError, type Client } from '@temporalio/client';

/** A run as Temporal lists it. Memo and summary are left alone: anybody may have written them, in an encoding that nobody reads. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly isRunning: boolean;
  readonly type: string;
  readonly taskQueue: string;
}

/** temporal/api/enums/v1/workflow.proto */
const running = 1;
/** https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;

/** Temporal's lists lag some seconds behind. */
export async function* listRuns(
  client: Client,
  { query, pageSize }: { readonly query: string; readonly pageSize: number },
): AsyncGenerator<Run> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | null = null;
  do {
    const page: Page = await client.workflowService.listWorkflowExecutions({ namespace, query, pageSize, nextPageToken });
    for (const info of page.executions) yield runOf(info);
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : null;
  } while (nextPageToken !== null);
}

/** The last run of a workflow; null where Temporal has none. */
export async function lastRunOf(client: Client, workflowId: string): Promise<Run | null> {
  try {
    const { namespace } = client.options;
    const { workflowExecutionInfo } = await client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
    return runOf(workflowExecutionInfo ?? {});
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === notFound) return null;
    throw error;
  }
}

type Page = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>;
type Info = Page['executions'][number];

const runOf = ({ execution, status, type, taskQueue }: Info): Run => ({
  workflowId: execution?.workflowId ?? '',
  runId: execution?.runId ?? '',
  isRunning: status === running,
  type: type?.name ?? '',
  taskQueue: taskQueue ?? '',
});
