// npm run chaos: kills parts of an installation of its own, and looks whether anything was lost; from a fresh clone on.
import { prepare } from './prepare.mjs';
import { runProject } from './run-project.mjs';

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
runProject(['chaos/run.ts', ...process.argv.slice(2)]);
