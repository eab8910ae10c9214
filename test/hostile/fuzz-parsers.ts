import { parseArgs } from 'node:util';
import { fuzzBodies, fuzzParsers } from './parser-fuzz.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.count);
const startedAtMs = performance.now();
const seconds = (): number => Math.round((performance.now() - startedAtMs) / 1000);

const figures = fuzzParsers(count, Number(values.seed), ({ payloads }) => {
  if (payloads % 50_000 === 0) process.stderr.write(`${payloads} payloads, ${seconds()} s\n`);
});
const bodies = await fuzzBodies(Math.min(20_000, count), Number(values.seed));
process.stdout.write(`${JSON.stringify({ ...figures, bodies, seconds: seconds() })}\n`);
