// npm run proof: everything that takes long and runs against real counterparts, one after another. What a machine lacks is skipped by name.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectDir } from './run-project.mjs';

const runs = ['cluster'];
const failed = runs.filter((name) => {
  console.log(`== npm run ${name}`);
  return (
    spawnSync(process.execPath, [join(projectDir, `scripts/${name}.mjs`), ...process.argv.slice(2)], { stdio: 'inherit' }).status !== 0
  );
});
console.log(`proof: ${failed.length === 0 ? 'passed' : `FAILED: ${failed.join(', ')}`}`);
process.exit(failed.length === 0 ? 0 : 1);
