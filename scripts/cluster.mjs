// npm run cluster: IMAS as in production, with Temporal's server on Postgres, tried and killed on this machine; from a fresh clone on.
import { prepare } from './prepare.mjs';
import { runProject } from './run-project.mjs';

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
runProject(['cluster/run.ts', ...process.argv.slice(2)]);
