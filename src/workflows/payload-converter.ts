import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';

/**
 * What comes with a signal or a start may be nothing that can be read, and an error here would stop the workflow for good. Nothing that counts
 * comes that way: it is taken for nothing.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Parameters<PayloadConverter['fromPayload']>[0]): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return undefined as T;
    }
  },
};
