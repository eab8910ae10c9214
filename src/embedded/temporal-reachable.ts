import { Connection } from '@temporalio/client';
import type { TemporalAccess } from '../temporal-settings.ts';

export interface TemporalTarget {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly access?: TemporalAccess;
  readonly timeoutMs: number;
}

/** Whether a Temporal server answers at `address` and knows the namespace. */
export async function temporalReachable(target: TemporalTarget): Promise<boolean> {
  return (await temporalProblem(target)) === null;
}

/** Null when all is well, else what is wrong in plain words. */
export async function temporalProblem({ address, namespace, access, timeoutMs }: TemporalTarget): Promise<string | null> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...access, address, connectTimeout: timeoutMs });
  } catch (error) {
    return isRefusal(error) ? refused(address) : `No Temporal server answers at ${address}`;
  }
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => connection.workflowService.describeNamespace({ namespace }));
    return null;
  } catch (error) {
    if (isRefusal(error)) return refused(address);
    return codeOf(error) === notFound
      ? `The Temporal server at ${address} has no namespace "${namespace}"`
      : `The Temporal server at ${address} does not answer`;
  } finally {
    await connection.close();
  }
}

/** https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;
const permissionDenied = 7;
const unauthenticated = 16;

/** The SDK wraps the error of a connection that is refused. */
const codeOf = (error: unknown): number | undefined =>
  (error as { code?: number }).code ?? (error as { cause?: { code?: number } }).cause?.code;

const isRefusal = (error: unknown): boolean => [permissionDenied, unauthenticated].includes(codeOf(error) ?? 0);

const refused = (address: string): string => `The Temporal server at ${address} does not let us in (TEMPORAL_API_KEY, TEMPORAL_TLS_*)`;
