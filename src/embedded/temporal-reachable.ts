import { Connection } from '@temporalio/client';

export interface TemporalTarget {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly timeoutMs: number;
}

/** Whether a Temporal server answers at `address` and knows the namespace. */
export async function temporalReachable(target: TemporalTarget): Promise<boolean> {
  return (await temporalProblem(target)) === null;
}

/** Null when all is well, else what is wrong in plain words. */
export async function temporalProblem({ address, namespace, timeoutMs }: TemporalTarget): Promise<string | null> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ address, connectTimeout: timeoutMs });
  } catch {
    return `No Temporal server answers at ${address}`;
  }
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => connection.workflowService.describeNamespace({ namespace }));
    return null;
  } catch (error) {
    // 5: gRPC NOT_FOUND
    return (error as { code?: number }).code === 5
      ? `The Temporal server at ${address} has no namespace "${namespace}"`
      : `The Temporal server at ${address} does not answer`;
  } finally {
    await connection.close();
  }
}
