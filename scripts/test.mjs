// npm test: everything that vitest runs, from a fresh clone on; the result is kept as JSON beside what is printed.
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { projectDir, runProject } from './run-project.mjs';

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const result = join(projectDir, '.cache/test-result.json');
const args = ['run', '--root', projectDir, '--reporter=default', '--reporter=json', `--outputFile.json=${result}`];
runProject(['node_modules/vitest/vitest.mjs', ...args, ...process.argv.slice(2)]);
