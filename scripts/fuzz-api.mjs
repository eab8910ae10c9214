// npm run fuzz:api -- [--examples 1000] [--seed 1] [--phases coverage,fuzzing]: schemathesis against everything as "imas up" starts it.
import { runProject } from './run-project.mjs';

runProject(['test/hostile/fuzz-api.ts', ...process.argv.slice(2)]);
