import { basename, join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { readHistories } from '../../src/archive/histories-file.ts';
import { replayBundle, replayRuns } from '../../src/archive/replay.ts';
import { documentScenarios, realClockScenarios, scenarios } from './scenarios.ts';
import { historiesDir, olderHistories, recordedCases } from './tape.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });

const bundle = await replayBundle();

it("has the branches of an incident's life", async () => {
  const cases = await recordedCases();
  const wanted = [
    ...Object.keys(scenarios).flatMap((name) => [name, `${name}-in-short-runs`]),
    ...Object.keys(realClockScenarios),
    ...Object.keys(documentScenarios),
  ];
  expect(
    wanted.filter((name) => !cases.includes(name)),
    'not recorded: run "npm run histories"',
  ).toEqual([]);
});

const recorded = await Promise.all(
  [historiesDir, ...olderHistories].map(async (dir) => (await recordedCases(dir)).map((name) => [basename(dir), name, dir] as const)),
);

it.each(recorded.flat())('%s: %s', async (_folder, name, dir) => {
  const runs = await readHistories(join(dir, `${name}.json.gz`));
  for await (const { differences, events } of replayRuns(runs, bundle)) {
    expect(differences).toEqual([]);
    expect(events).toBeGreaterThan(0);
  }
});
