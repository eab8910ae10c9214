import { TestWorkflowEnvironment } from '@temporalio/testing';

/** `download-by-sdk.ts cli|test-server <folder> <version>`: a process of its own, since a download by the SDK cannot be given up otherwise. */
const [kind, downloadDir, version] = process.argv.slice(2);
if (downloadDir === undefined || version === undefined) process.exit(2);
const server = { executable: { type: 'cached-download', downloadDir, version } } as const;
const environment =
  kind === 'cli' ? await TestWorkflowEnvironment.createLocal({ server }) : await TestWorkflowEnvironment.createTimeSkipping({ server });
await environment.teardown();
