import { isGrpcServiceError, type Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { searchAttributes } from '../contract/names.ts';

/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API (temporal/api/enums/v1/common.proto). */
const keyword = 2;
/** https://grpc.io/docs/guides/status-codes/ */
const alreadyExists = 6;
const refusals: readonly number[] = [7, 12, 16];

/**
 * Makes the namespace know our search attributes; those that it knows already are left alone. False where that is refused, as by a
 * server that others run: incidents are handled all the same, but cannot be searched for in Temporal until somebody adds them there.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string, log: Logger): Promise<boolean> {
  let missing = Object.values(searchAttributes).map(({ name }) => name);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    missing = missing.filter((name) => !(name in customAttributes));
    if (missing.length === 0) return true;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const code = Number(error.code);
    if (refusals.includes(code)) {
      log.warn({ missing, namespace }, 'search attributes (type Keyword) must be added to the namespace manually; runs start without them');
      return false;
    }
    // Another worker did it meanwhile.
    if (code !== alreadyExists) throw error;
  }
  return true;
}
