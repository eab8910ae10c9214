import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintOf } from './alerts.ts';
import { addFanout } from './fanout-systems.ts';
import { round } from './figures.ts';
import { startInstallation } from './installation.ts';
import { postAlert } from './post-alert.ts';
import { reportRun, type Checked } from './report.ts';

export interface FanoutFigures extends Checked {
  readonly people: number;
  /** Milliseconds from the sender's 202 until each system had taken the last of its messages. Target for all: 2,000. */
  readonly lastMs: Readonly<Record<string, number>>;
  readonly allMs: number;
}

const patienceMs = 60_000;

/** One SEV1 to fifty people over seven providers; `hanging`: with an eighth that never answers. The first incident warms up, the second counts. */
export async function runFanoutBench({ hanging }: { readonly hanging: boolean }): Promise<FanoutFigures> {
  const house = await startInstallation();
  const fanout = await addFanout(house, { hanging });
  try {
    const targets = fanout.userIds.map((id) => ({ type: 'user', id }) as const);
    const policyId = await house.seed.policy({
      document: { levels: [{ targets, delay_seconds: 86_400 }], repeat: 0, fallback: targets.slice(0, 1), acknowledged_timeout_seconds: 0 },
    });
    await house.seed.service({ name: 'core', policyId, grouping: { by: 'each' } });
    const api = await house.startApi();
    await house.startWorker();
    await fire(api.url, 1);
    await delay(5_000);
    const { lastMs, failures } = await fire(api.url, 2);
    return { people: fanout.userIds.length, lastMs, allMs: round(Math.max(...Object.values(lastMs))), failures };
  } finally {
    await fanout.stop();
    await house.stop();
  }

  /** @param n how many incidents there are with it: each person has as many messages then */
  async function fire(url: string, n: number): Promise<Pick<FanoutFigures, 'lastMs' | 'failures'>> {
    const { acceptedAtMs } = await postAlert(url, {
      fingerprint: fingerprintOf(1, n),
      name: `Outage ${n}`,
      service: 'core',
      severity: 'critical',
    });
    const lastMs: Record<string, number> = {};
    const isMissing = () => fanout.systems.filter(({ name }) => lastMs[name] === undefined);
    while (isMissing().length > 0 && performance.now() - acceptedAtMs < patienceMs) {
      for (const { name, people, taken } of isMissing()) if (taken() >= n * people) lastMs[name] = round(performance.now() - acceptedAtMs);
      await delay(5);
    }
    return { lastMs, failures: isMissing().map(({ name, people, taken }) => `${name}: ${taken()} of ${n * people}`) };
  }
}

if (import.meta.main) {
  await reportRun('fanout', async () => {
    const alone = await runFanoutBench({ hanging: false });
    const withOneHanging = await runFanoutBench({ hanging: true });
    const ratio = round(withOneHanging.allMs / alone.allMs, 2);
    return { alone, withOneHanging, ratio, failures: [...alone.failures, ...withOneHanging.failures] };
  });
}
