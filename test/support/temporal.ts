import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributes } from '../../src/contract/names.ts';
import { temporalCli, temporalTestServer } from '../../src/embedded/temporal-binaries.ts';

/**
 * A server whose clock jumps over waits. It has no Schedules, and `upsertSearchAttributes` of a custom attribute hangs in it.
 * Call `teardown()` when done.
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await temporalTestServer();
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

/** A full server with a real clock, the project's search attributes if they are wanted, Schedules and visibility. Call `teardown()` when done. */
export async function startDevServer({ withSearchAttributes = true } = {}): Promise<TestWorkflowEnvironment> {
  const path = await temporalCli();
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      ip: '127.0.0.1',
      searchAttributes: withSearchAttributes ? Object.values(searchAttributes) : [],
    },
  });
}
