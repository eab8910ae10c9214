import { setTimeout as delay } from 'node:timers/promises';
import { incidentWorkflowId } from '../src/contract/names.ts';
import { fingerprintOf, type BenchAlert } from './alerts.ts';
import { median, round } from './figures.ts';
import { startInstallation, type Installation, type InstallationOptions } from './installation.ts';
import { postAlert } from './post-alert.ts';
import { startRecipients, type Arrival, type Recipients } from './recipients.ts';
import { reportRun, say, type Checked } from './report.ts';
import { sendAlerts } from './send-alerts.ts';
import { addServices } from './services.ts';

export interface StormBenchOptions {
  readonly alertsOfOneCause: number;
  readonly differentIncidents: number;
}

export interface StormFigures extends Checked {
  readonly oneCause: {
    readonly accepted: number;
    readonly acceptedPerSecond: number;
    readonly incidents: number;
    readonly pagesATarget: number;
    /** Targets: at most 150 and 600. */
    readonly signals: number;
    readonly historyEvents: number;
    /** From the first request until the first page was there. Target: 1,000 ms. */
    readonly firstPageMs: number;
  };
  readonly different: {
    readonly accepted: number;
    /** From the first request until the last page was there. Target: 40 a second. */
    readonly perSecond: number;
    readonly seconds: number;
    /** By severity, SEV1 first: the median place in the order of pages, 0 for the first and 1 for the last. */
    readonly medianPlace: readonly number[];
    /** Of all pairs of different severity, the share in which the severer was paged first; 0.5 would be chance. */
    readonly severerFirst: number;
    /** Milliseconds since the first request, and the severity's rank, of each page in order: for the plot. */
    readonly pages: readonly (readonly [atMs: number, rank: number])[];
  };
}

const services = 40;

/** A storm of one cause, then as many incidents at once as a bad day has. */
export async function runStormBench(options: StormBenchOptions, installation: InstallationOptions = {}): Promise<StormFigures> {
  const house = await startInstallation(installation);
  const recipients = await startRecipients();
  try {
    await addServices(house, recipients, { count: services, mail: false });
    const api = await house.startApi();
    await house.startWorker();
    for (let n = 0; n < 20; n++)
      await postAlert(api.url, { fingerprint: fingerprintOf(1, n), name: `WarmUp${n}`, service: `service-${n}` });
    await recipients.until(20, 60_000);
    const failures: string[] = [];
    const oneCause = await stormOfOneCause(house, recipients, api.port, options.alertsOfOneCause, failures);
    const different = await differentIncidents(house, recipients, api.port, options.differentIncidents, failures);
    return { oneCause, different, failures };
  } finally {
    await recipients.stop();
    await house.stop();
  }
}

async function stormOfOneCause(
  house: Installation,
  recipients: Recipients,
  port: number,
  count: number,
  failures: string[],
): Promise<StormFigures['oneCause']> {
  const before = recipients.arrivals.length;
  const startedAtMs = performance.now();
  const alertOf = (index: number): BenchAlert => ({ fingerprint: fingerprintOf(2, index), name: 'Outage', service: 'service-0' });
  const result = await sendAlerts(port, { count, connections: 100, alertOf });
  await untilQuiet(house);
  const { rows } = await house.pool.query<{ id: string; alerts: number }>(
    `select incident_id as id, count(*)::int as alerts from alerts where name = 'Outage' group by incident_id`,
  );
  const handle = (await house.temporal()).workflow.getHandle(incidentWorkflowId(rows[0]?.id ?? ''));
  const { events = [] } = await handle.fetchHistory();
  const pages = recipients.arrivals.slice(before);
  const accepted = result.answers['202'] ?? 0;
  const figures = {
    accepted,
    acceptedPerSecond: result.perSecond,
    incidents: rows.length,
    pagesATarget: pages.length,
    signals: (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    historyEvents: (events ?? []).length,
    firstPageMs: round((pages[0]?.atMs ?? Number.NaN) - startedAtMs),
  };
  say(`one cause: ${JSON.stringify(figures)}`);
  if (accepted !== count) failures.push(`one cause: ${count} sent, answers ${JSON.stringify(result.answers)}`);
  if (rows.length !== 1 || rows[0]?.alerts !== count) failures.push(`one cause: ${JSON.stringify(rows)} instead of one incident`);
  if (pages.length !== 1) failures.push(`one cause: ${pages.length} pages to one target`);
  return figures;
}

const words = ['critical', 'warning', 'info', 'SEV4_LOW'] as const;

async function differentIncidents(
  house: Installation,
  recipients: Recipients,
  port: number,
  count: number,
  failures: string[],
): Promise<StormFigures['different']> {
  const before = recipients.arrivals.length;
  const startedAtMs = performance.now();
  const alertOf = (index: number): BenchAlert => ({
    fingerprint: fingerprintOf(3, index),
    name: `Different${index}`,
    service: `service-${index % services}`,
    // Severities come mixed, so that the order of pages is not the order of arrival.
    severity: words[(index * 7 + Math.floor(index / services)) % 4] as 'critical',
  });
  const result = await sendAlerts(port, { count, connections: 50, alertOf });
  await recipients.until(before + count, 300_000);
  const pages = recipients.arrivals.slice(before);
  const seconds = ((pages.at(-1)?.atMs ?? Number.NaN) - startedAtMs) / 1000;
  const accepted = result.answers['202'] ?? 0;
  if (accepted !== count) failures.push(`different: ${count} sent, answers ${JSON.stringify(result.answers)}`);
  await untilQuiet(house);
  const each = new Set(recipients.arrivals.slice(before).map(({ incidentId }) => incidentId));
  if (each.size !== count || recipients.arrivals.length !== before + count)
    failures.push(`different: ${each.size} incidents paged of ${count}`);
  const ranks = pages.map(rankOf);
  const medianPlace = [1, 2, 3, 4].map((rank) => round(median(ranks.flatMap((own, place) => (own === rank ? [place / count] : []))), 3));
  const severerFirst = round(shareInOrder(ranks), 3);
  const [critical = 1, high = 1, medium = 0, low = 0] = medianPlace;
  // Temporal keeps a queue in several partitions, each in order by itself: those that wake nobody may come in either order.
  if (critical >= high || high >= Math.min(medium, low) || severerFirst < 0.8)
    failures.push(`different: severities out of order ${JSON.stringify(medianPlace)}, ${severerFirst}`);
  say(`different: ${round(count / seconds, 1)}/s, ${JSON.stringify(medianPlace)}`);
  return {
    accepted,
    perSecond: round(count / seconds, 1),
    seconds: round(seconds, 1),
    medianPlace,
    severerFirst,
    pages: pages.map((page) => [round(page.atMs - startedAtMs), rankOf(page)] as const),
  };
}

const rankOf = ({ severity }: Arrival): number => Number(severity.slice(3, 4));

function shareInOrder(ranks: readonly number[]): number {
  const seen = [0, 0, 0, 0, 0];
  let inOrder = 0;
  let pairs = 0;
  for (const rank of ranks) {
    for (let other = 1; other <= 4; other++) {
      if (other !== rank) pairs += seen[other] as number;
      if (other < rank) inOrder += seen[other] as number;
    }
    seen[rank] = (seen[rank] as number) + 1;
  }
  return inOrder / pairs;
}

/** Nothing waits in the outbox and nothing is being sent, for a while. */
async function untilQuiet({ pool }: Installation): Promise<void> {
  for (let quiet = 0; quiet < 5;) {
    const { rows } = await pool.query<{ busy: boolean }>(
      `select exists (select from outbox) or exists (select from deliveries where state = 'sending') as busy`,
    );
    quiet = rows[0]?.busy === false ? quiet + 1 : 0;
    await delay(200);
  }
}

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('storm', () => runStormBench({ alertsOfOneCause: quick ? 1_000 : 10_000, differentIncidents: quick ? 100 : 1_000 }));
}
