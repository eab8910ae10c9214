import { setTimeout as delay } from 'node:timers/promises';
import type { FailPoint } from '../../src/observe/fail-point.ts';
import { bringAbout, planFaults } from '../faults.ts';
import { createRandom } from '../random.ts';
import { perform, type Report, type TrialOptions } from '../stage.ts';

export interface FaultOptions extends TrialOptions {
  readonly faults: number;
  readonly plant?: string | null;
  /** Only these steps, in place of everything. */
  readonly only?: readonly FailPoint[] | null;
  readonly perSecond?: number;
  readonly quietWithinMs?: number;
}

/** Kills at seeded moments and steps under steady load; then nothing may be lost, missing, or doubled without a word. */
export function faultTrial({ faults: count, only = null, ...options }: FaultOptions): Promise<Report> {
  const random = createRandom(options.seed);
  const faults = planFaults(random, count, only);
  return perform({
    ...options,
    name: 'faults',
    mayAnswer: /^(50[23]|broken)$/,
    async act({ installation, traffic }) {
      traffic.start();
      await delay(3_000);
      const { deaths, missed } = await bringAbout(installation, faults, random, options.say);
      await delay(1_500);
      return { figures: { faults: deaths.length, steps_not_reached: missed }, deaths };
    },
  });
}
