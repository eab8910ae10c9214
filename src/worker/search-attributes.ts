import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { searchAttributes } from '../contract/names.ts';

/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API (temporal/api/enums/v1/common.proto). */
const keyword = 2;
/** https://grpc.io/docs/guides/status-codes/ */
const alreadyExists = 6;

/** Makes the namespace know our search attributes; those that it knows already are left alone. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name }) => [name, keyword])),
    });
  } catch (error) {
    // Another worker did it meanwhile.
    if (!(isGrpcServiceError(error) && Number(error.code) === alreadyExists)) throw error;
  }
}
