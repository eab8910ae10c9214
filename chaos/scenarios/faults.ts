import { setTimeout as delay } from 'node:timers/promises';
import type { FailPoint } from '../../src/observe/fail-point.ts';
import { bringAbout, planFaults } from '../faults.ts';
import { createRandom } from '../random.ts';
import { perform, type Report, type Scenario, type TrialOptions } from '../stage.ts';

export interface FaultOptions extends TrialOptions, Pick<Scenario, 'afterwards'> {
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
    async act({ installation, traffic, died }) {
      traffic.start();
      await delay(3_000);
      let deaths = 0;
      const missed = await bringAbout(installation, faults, random, (who, how) => {
        died(who, how);
        deaths += 1;
        options.say(`${deaths} of ${faults.length}: ${who} died (${how})`);
      });
      await delay(1_500);
      return { figures: { faults: deaths, steps_not_reached: missed } };
    },
  });
}
