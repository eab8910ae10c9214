import { appendFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';

/** One line a run; `bench:plots` draws from them. */
export const resultsDir = fileURLToPath(new URL('results', import.meta.url));

/** What failed is named in it: a figure of a run that lost something is no figure. */
export interface Checked {
  readonly failures: readonly string[];
}

/** Runs one benchmark from the command line: prints its figures as one JSON line, and keeps the line with `--save`. */
export async function reportRun(name: string, run: () => Promise<object & Checked>): Promise<void> {
  const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } }, strict: false });
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  const line = JSON.stringify({ bench: name, at: startedAt, ...(await run()), machine });
  process.stdout.write(`${line}\n`);
  if (values['save'] === true) {
    await mkdir(resultsDir, { recursive: true });
    await appendFile(join(resultsDir, `${name}.jsonl`), `${line}\n`);
  }
  const { failures } = JSON.parse(line) as Checked;
  // Native connections would keep the process.
  process.exit(failures.length === 0 ? 0 : 1);
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`);
