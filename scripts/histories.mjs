// npm run histories: plays every scenario of an incident's life against real servers, and keeps the runs' histories in
// test/histories, where the tests replay them. To be run when the workflow's code changes on purpose what it does.
import { prepare } from './prepare.mjs';
import { projectDir, runProject } from './run-project.mjs';

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
runProject([
  'node_modules/vitest/vitest.mjs',
  'run',
  '--root',
  projectDir,
  '--config',
  'test/replay/record.config.ts',
  ...process.argv.slice(2),
]);
