// npm run fuzz:parsers -- [--count 1000000] [--seed 1]: mutated payloads over everything that reads what monitoring sends.
import { runProject } from './run-project.mjs';

runProject(['test/hostile/fuzz-parsers.ts', ...process.argv.slice(2)]);
