import { readdir, readFile, rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { planFaults } from '../../chaos/faults.ts';
import { plants } from '../../chaos/plants.ts';
import { createRandom } from '../../chaos/random.ts';
import { faultTrial } from '../../chaos/scenarios/faults.ts';
import { postgresSilent, temporalDown } from '../../chaos/scenarios/outages.ts';
import { rollingRestarts } from '../../chaos/scenarios/rolling-restarts.ts';
import { newVersion } from '../../chaos/scenarios/new-version.ts';
import { perform } from '../../chaos/stage.ts';
import { failPoints } from '../../src/observe/fail-point.ts';

/**
 * Short ones of the trials that `npm run chaos` runs at length: an installation of real processes each, killed from outside.
 * Machines differ in how long the processes take to start again, so the time that a test may take is generous.
 */
const trialMs = 600_000;
const say = (): void => undefined;

describe('the plan', () => {
  test('is the same for the same seed, another for another, and comes by every step', () => {
    const plan = (seed: number) => planFaults(createRandom(seed), 24, null);
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
    expect(new Set(plan(7).flatMap((fault) => (fault.kind === 'step' ? [fault.at.step] : [])))).toEqual(new Set(failPoints));
  });
});

describe('nothing that was accepted is lost, no page is missing, none is doubled without a word', () => {
  test(
    'though API, workers, Temporal and Postgres are killed twenty times, at every step between intake and send and in between',
    async () => {
      const { figures, violations } = await faultTrial({ seed: 11, faults: 20, say });
      expect(violations).toEqual([]);
      expect(figures['faults']).toBeGreaterThanOrEqual(19);
      expect(figures['alerts_accepted']).toBeGreaterThan(50);
    },
    trialMs,
  );

  test(
    'while Temporal is away: everybody is answered as ever',
    async () => {
      expect((await temporalDown({ seed: 12, downSeconds: 6, say })).violations).toEqual([]);
    },
    trialMs,
  );

  test(
    'while Postgres says nothing: senders are told so in under a second, and are served again when it is back',
    async () => {
      const { figures, violations } = await postgresSilent({ seed: 13, downSeconds: 5, say });
      expect(violations).toEqual([]);
      expect(figures['recovered_after_ms']).toBeLessThan(5_000);
    },
    trialMs,
  );

  test(
    'while processes are restarted one after the other, and no request fails',
    async () => {
      expect((await rollingRestarts({ seed: 14, restarts: 4, perSecond: 20, say })).violations).toEqual([]);
    },
    trialMs,
  );

  test(
    'when workers of another version take over open incidents',
    async () => {
      expect((await newVersion({ seed: 15, incidents: 15, say })).violations).toEqual([]);
    },
    trialMs,
  );
});

describe('a trial that breaks off', () => {
  test(
    'ends with a verdict on what was answered until then, and leaves its logs',
    async () => {
      const lines: string[] = [];
      const { figures, violations } = await perform({
        name: 'broken',
        seed: 17,
        say: (line) => void lines.push(line),
        keepLogs: true,
        mayAnswer: /^503$/,
        async act({ traffic, installation }) {
          await traffic.open(5);
          for (const worker of installation.workers) await worker.kill();
          await traffic.open(1);
          throw new Error('Temporal was not ready');
        },
        quietWithinMs: 5_000,
      });
      expect(figures['alerts_accepted']).toBe(6);
      expect(violations[0]).toBe('broke off: Temporal was not ready');
      // Nobody was left to page for the sixth.
      expect(violations).toContainEqual(expect.stringMatching(/the first level got no mail/));
      const dir = /^kept: (.*)$/.exec(lines.at(-1) ?? '')?.[1] as string;
      const left = await readdir(dir);
      expect(left).toEqual(expect.arrayContaining(['api-1.log', 'temporal-1.log', 'worker-2.log']));
      expect(left.filter((name) => !name.endsWith('.log'))).toEqual([]);
      await rm(dir, { recursive: true });
    },
    trialMs,
  );
});

describe('the trial finds', () => {
  test.each(Object.entries(plants))('%s: the text that it replaces stands in its file once', async (_name, { file, find }) => {
    const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(source.split(find)).toHaveLength(2);
  });

  const trial = (plant: string, step: 'send-begun' | 'send-ended' | 'relay-signalled') =>
    faultTrial({ seed: 16, faults: 2, only: [step], plant, quietWithinMs: 30_000, say });

  test(
    'a page that the ledger says was sent, and was not',
    async () => {
      const { violations } = await trial('ledger-lies', 'send-begun');
      expect(violations).toContainEqual(expect.stringMatching(/the (first|second) level got|no (mail|webhook)/));
    },
    trialMs,
  );

  test(
    'an acknowledgement that was answered, and went nowhere',
    async () => {
      const { violations } = await trial('ack-ignored', 'relay-signalled');
      expect(violations).toContainEqual(expect.stringMatching(/an acknowledgement was accepted, and is not there/));
    },
    trialMs,
  );
});
