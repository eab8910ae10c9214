import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { writeHistories } from '../../src/archive/histories-file.ts';
import { startHouse, type HouseOptions } from '../support/house.ts';
import { documentOf } from '../connectors/emulators/google/flat-document.ts';
import { google } from '../connectors/emulators/google/google.ts';
import { newWorld } from '../connectors/emulators/google/world.ts';
import { startVendorServer } from '../connectors/emulators/vendor-server.ts';
import { documentScenarios, realClockScenarios, scenarios, setStage, type Scenario, type Stage } from './scenarios.ts';
import { historiesDir, Tape } from './tape.ts';

/** Not a test: `npm run histories` plays every scenario, and writes what its runs were as the corpus of `corpus.test.ts`. */
async function record(
  played: Readonly<Record<string, Scenario>>,
  options: HouseOptions,
  suffix = '',
  more: Partial<Stage> = {},
): Promise<void> {
  const house = await startHouse(options);
  try {
    const [ann, bob, eve] = await Promise.all([house.person('ann'), house.person('bob'), house.person('eve')]);
    for (const [name, play] of Object.entries(played)) {
      const tape = new Tape(house);
      await play({ ...setStage(house, tape, { ann, bob, eve }), ...more }).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      expect(tape.runs.length, name).toBeGreaterThan(0);
      await writeHistories(join(historiesDir, `${name}${suffix}.json.gz`), tape.runs);
    }
  } finally {
    await house.stop();
  }
}

beforeAll(async () => {
  await rm(historiesDir, { recursive: true, force: true });
  await mkdir(historiesDir, { recursive: true });
});

it('records each scenario in one run', () => record(scenarios, {}));

it('records each scenario in many short runs, each continued as a new one', () => record(scenarios, { eventLimit: 20 }, '-in-short-runs'));

it('records what needs a real clock', () => record(realClockScenarios, { clock: 'real' }));

it('records what has its document at Google', async () => {
  const world = newWorld(
    documentOf(['Incident Report - {{INCIDENT_ID}}', 'Status: {{STATUS}}', 'Timeline', '{{TIMELINE}}', 'Root cause', '']),
  );
  const http = await startVendorServer(google(world, () => `${http.url}/token`));
  const { email, privateKey } = world.serviceAccount;
  const googleDrive = {
    clientEmail: email,
    privateKey,
    tokenUri: `${http.url}/token`,
    templateId: 'template-1',
    folderId: 'folder-1',
    apiRootUrl: http.url,
  };
  const refuseDocuments = (): void => void (world.files.length = 0);
  await record(documentScenarios, { clock: 'real', googleDrive }, '', { refuseDocuments });
  await http.close();
});
