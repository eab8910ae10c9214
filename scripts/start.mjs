// npm start: everything on this machine, from a fresh clone on.
import { prepare } from './prepare.mjs';
import { runProject } from './run-project.mjs';

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
runProject(['src/cli/imas.ts', 'up', '--demo', ...process.argv.slice(2)], { withSettingsFile: true });
