#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir, runProject } from '../scripts/run-project.mjs';

if (!existsSync(join(projectDir, 'node_modules/node/bin/node'))) {
  console.error(`The packages are not installed: run "npm start" in ${projectDir} first.`);
  process.exit(1);
}
runProject(['src/cli/imas.ts', ...process.argv.slice(2)], { withSettingsFile: true });
