// npm run fuzz:api -- [--examples 1000] [--seed 1] [--phases coverage,fuzzing]: schemathesis against everything as `imas up` starts it.
import { parseArgs } from 'node:util';
import { attack, checks, excluded } from './schemathesis.ts';
import { startFuzzHouse } from './fuzz-house.ts';

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, phases: { type: 'string' } },
});

const house = await startFuzzHouse();
try {
  const startedAtMs = performance.now();
  const result = await attack({
    url: house.url,
    token: house.token,
    examples: Number(values.examples),
    seed: Number(values.seed),
    ...(values.phases !== undefined && { phases: values.phases }),
  });
  process.stdout.write(result.text);
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  process.stdout.write(`\nChecks: ${checks.join(', ')}\nNot called: ${excluded.join(', ')}\n`);
  process.stdout.write(`${result.cases} calls in ${seconds} s, statuses ${JSON.stringify(result.statuses)}\n`);
  process.exitCode = result.code ?? 1;
} finally {
  await house.stop();
}
