import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintOf } from './alerts.ts';
import { percentile, round } from './figures.ts';
import { startInstallation, type InstallationOptions } from './installation.ts';
import { postAlert } from './post-alert.ts';
import { startRecipients } from './recipients.ts';
import { reportRun, type Checked } from './report.ts';
import { addServices } from './services.ts';

export interface PageBenchOptions {
  readonly perSecond: number;
  readonly incidents: number;
  /** Not counted: the first ones load code and plan statements. */
  readonly warmUp: number;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export interface PageFigures extends Checked {
  readonly incidents: number;
  /** Milliseconds from the sender's 202 until the recipient's server has the whole message. Targets: p50 100, p99 300. */
  readonly mailMs: Latency;
  readonly webhookMs: Latency;
  readonly bothMs: Latency;
  readonly eachMs: readonly number[];
}

/** How long a page takes: one new incident after another at an even pace, each to a mail address and a webhook. */
export async function runPageBench(
  { perSecond, incidents, warmUp }: PageBenchOptions,
  installation: InstallationOptions = {},
): Promise<PageFigures> {
  const house = await startInstallation(installation);
  const recipients = await startRecipients();
  try {
    await addServices(house, recipients, { count: 8, mail: true, grouping: { by: 'each' } });
    const api = await house.startApi();
    await house.startWorker();
    const accepted = new Map<string, number>();
    const posting: Promise<void>[] = [];
    const startedAtMs = performance.now();
    for (let n = 0; n < warmUp + incidents; n++) {
      await delay(Math.max(0, startedAtMs + (n * 1000) / perSecond - performance.now()));
      const alert = { fingerprint: fingerprintOf(1, n), name: 'HighErrorRate', service: `service-${n % 8}` };
      posting.push(
        postAlert(api.url, alert).then(({ incidentId, acceptedAtMs }) => {
          if (n >= warmUp) accepted.set(incidentId, acceptedAtMs);
        }),
      );
    }
    await Promise.all(posting);
    await recipients.until(2 * (warmUp + incidents), 60_000);
    const tookMs = (by: string): number[] =>
      recipients.arrivals
        .filter((arrival) => arrival.by === by && accepted.has(arrival.incidentId))
        .map(({ incidentId, atMs }) => atMs - (accepted.get(incidentId) as number));
    const [mail, webhook] = [tookMs('mail'), tookMs('webhook')];
    const failures = [mail, webhook].some((all) => all.length !== incidents)
      ? [`${incidents} incidents, ${mail.length} mails, ${webhook.length} webhooks`]
      : [];
    return {
      bothMs: latency([...mail, ...webhook]),
      mailMs: latency(mail),
      webhookMs: latency(webhook),
      incidents,
      failures,
      eachMs: [...mail, ...webhook].map((ms) => round(ms)),
    };
  } finally {
    await recipients.stop();
    await house.stop();
  }
}

const latency = (ms: readonly number[]): Latency => ({
  p50: round(percentile(ms, 0.5), 1),
  p99: round(percentile(ms, 0.99), 1),
  longest: round(percentile(ms, 1), 1),
});

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('page', () => runPageBench({ perSecond: 5, incidents: quick ? 50 : 300, warmUp: 25 }));
}
