import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintOf, type BenchAlert } from './alerts.ts';
import type { Installation } from './installation.ts';
import type { Recipients } from './recipients.ts';
import { sendAlerts } from './send-alerts.ts';

/** Incidents over the services `service-0` to `service-39`. */
export const openAlert = (index: number): BenchAlert => ({
  fingerprint: fingerprintOf(2, index),
  name: `Open${index}`,
  service: `service-${index % 40}`,
});

/** Opens so many incidents and waits, up to half an hour, until each has paged once; every second of it is told. Returns what failed. */
export async function openIncidents(
  house: Installation,
  recipients: Recipients,
  port: number,
  count: number,
  everySecond: (paged: number) => Promise<void> | void = () => undefined,
): Promise<string[]> {
  const before = recipients.arrivals.length;
  const result = await sendAlerts(port, { count, connections: 20, alertOf: openAlert });
  const paged = (): number => recipients.arrivals.length - before;
  for (let waitedMs = 0; paged() < count && waitedMs < 1_800_000; waitedMs += 1_000) {
    await delay(1_000);
    await everySecond(paged());
  }
  // What comes after the last page: its entry in the timeline.
  await delay(Math.min(5_000, count * 10));
  const { rows } = await house.pool.query<{ open: number }>(`select count(*)::int as open from incidents where status <> 'RESOLVED'`);
  const open = rows[0]?.open ?? 0;
  return [
    ...(result.answers['202'] === count ? [] : [`answers ${JSON.stringify(result.answers)}`]),
    ...(paged() === count ? [] : [`${paged()} of ${count} paged`]),
    ...(open === count ? [] : [`${open} of ${count} open`]),
  ];
}
