import { setTimeout as delay } from 'node:timers/promises';
import { perform, type Report, type TrialOptions } from '../stage.ts';

export interface RestartOptions extends TrialOptions {
  readonly restarts: number;
  readonly perSecond: number;
}

/** API and worker processes are asked to stop and started again, one after the other, under load: no request fails, no page doubles. */
export function rollingRestarts({ restarts, ...options }: RestartOptions): Promise<Report> {
  return perform({
    ...options,
    name: 'rolling-restarts',
    // Most of what comes are repeats, as with a real Alertmanager; a new incident a second or so.
    newShare: 1 / options.perSecond,
    async act({ installation, traffic }) {
      const [api1, api2] = installation.apis;
      const [worker1, worker2] = installation.workers;
      const order = [api1, worker1, api2, worker2];
      traffic.start();
      await delay(3_000);
      for (let index = 0; index < restarts; index += 1) {
        const program = order[index % order.length]!;
        const how = await program.kill('SIGTERM');
        options.say(`${index + 1} of ${restarts}: ${program.name} stopped (${how})`);
        await program.start();
      }
      await delay(1_500);
      return { figures: { restarts, requests_a_second: options.perSecond } };
    },
  });
}
