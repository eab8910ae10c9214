import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHistories, type RecordedRun } from '../../src/archive/histories-file.ts';
import { replayRuns } from '../../src/archive/replay.ts';
import { historiesDir } from './tape.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });

const project = fileURLToPath(new URL('../..', import.meta.url));
let dir: string;

beforeAll(async () => {
  // Below the project, so that packages are found from there.
  await mkdir(join(project, '.cache'), { recursive: true });
  dir = await mkdtemp(join(project, '.cache/mutants-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The workflows as a bundle, with one thing changed. */
async function mutant(name: string, file: string, was: string, is: string): Promise<{ readonly code: string }> {
  const copy = join(dir, name);
  for (const folder of ['workflows', 'contract', 'domain']) await cp(join(project, 'src', folder), join(copy, folder), { recursive: true });
  await mkdir(join(copy, 'archive'));
  await cp(join(project, 'src/archive/replay-interceptors.ts'), join(copy, 'archive/replay-interceptors.ts'));
  const source = await readFile(join(copy, file), 'utf8');
  expect(source.split(was), `${file} says ${was} once`).toHaveLength(2);
  await writeFile(
    join(copy, file),
    source.replace(was, () => is),
  );
  const quiet = { log: noop, trace: noop, debug: noop, info: noop, warn: noop, error: noop };
  return bundleWorkflowCode({
    workflowsPath: join(copy, 'workflows/index.ts'),
    workflowInterceptorModules: [join(copy, 'archive/replay-interceptors.ts')],
    logger: quiet,
  });
}

function noop(): void {}

const histories = (name: string): Promise<readonly RecordedRun[]> => readHistories(join(historiesDir, `${name}.json.gz`));

async function differencesIn(name: string, bundle: { readonly code: string }): Promise<string[]> {
  const differences: string[] = [];
  for await (const result of replayRuns(await histories(name), bundle)) differences.push(...result.differences);
  return differences;
}

it.each([
  [
    'a timer more',
    'levels-then-fallback',
    'workflows/incident.ts',
    '  if (loaded.known) run.resume();',
    '  if (loaded.known) run.resume();\n  void condition(() => false, 5_000);',
  ],
  [
    'effects in another order',
    'levels-then-fallback',
    'workflows/incident-run.ts',
    'for (const effect of decision.effects) this',
    'for (const effect of decision.effects.toReversed()) this',
  ],
  ['a step left out', 'severity-raised-by-a-person', 'domain/incident/decide.ts', '  openRoom(turn);\n', ''],
  ['a level that waits longer', 'levels-repeated', 'domain/incident/ladder.ts', 'here.delay_seconds * 1000', 'here.delay_seconds * 1100'],
  [
    'another delivery id',
    'reopened-by-an-alert-and-by-a-person',
    'workflows/incident-run.ts',
    '${this.state.incidentId}/${page.id}',
    '${page.id}',
  ],
  [
    'a person paged by another way',
    'refused-then-another-way',
    'domain/incident/send-pages.ts',
    'const way = recipient.ways[wayIndex];',
    'const way = recipient.ways[0];',
  ],
  [
    'an acknowledgement that runs out earlier',
    'acknowledgement-forgotten',
    'domain/incident/status.ts',
    'timeoutSeconds * 1000',
    'timeoutSeconds * 900',
  ],
  [
    'an incident that never ends',
    'resolved-by-its-last-alert',
    'workflows/incident-run.ts',
    "return this.state.status === 'RESOLVED' && this.isIdle() && !this.isOutOfStep();",
    'return false;',
  ],
  [
    'something forgotten from run to run',
    'levels-repeated-in-short-runs',
    'workflows/incident.ts',
    ': { incidentId });',
    ': { incidentId: "x" });',
  ],
  [
    'a command that is passed over',
    'acknowledged-then-resolved',
    'domain/incident/decide.ts',
    '[...happenings, ',
    '[...happenings.slice(1), ',
  ],
])('%s is noticed', async (name, history, file, was, is) => {
  const differences = await differencesIn(history, await mutant(name.replaceAll(' ', '-'), file, was, is));
  expect(differences).not.toEqual([]);
});
