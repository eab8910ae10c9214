import { setTimeout as delay } from 'node:timers/promises';
import { incidentWorkflowId } from '../src/contract/names.ts';
import { median, round } from './figures.ts';
import { startInstallation, type Installation } from './installation.ts';
import { openAlert, openIncidents } from './open-incidents.ts';
import { postAlert } from './post-alert.ts';
import { startRecipients, type Recipients } from './recipients.ts';
import { reportRun, say, type Checked } from './report.ts';
import { addServices } from './services.ts';

export interface AuditFigures extends Checked {
  readonly openIncidents: number;
  /** Seconds from the fault until the workflow ran again, or the page was there. Target: 120 for each. */
  readonly terminated: Found;
  readonly neverStarted: Found;
}

interface Found {
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly longestSeconds: number;
}

/** Nothing is looked for longer than this. */
const patienceMs = 300_000;
const promisedMs = 120_000;

/**
 * Among many incidents that are well, half of `broken` lose their workflow, and half were never told to Temporal: how soon the
 * auditors of the running processes, at their real intervals, have set them going again.
 */
export async function runAuditBench({ open, broken }: { readonly open: number; readonly broken: number }): Promise<AuditFigures> {
  const house = await startInstallation();
  const recipients = await startRecipients();
  try {
    await addServices(house, recipients, { count: 40, mail: false });
    const api = await house.startApi();
    const worker = await house.startWorker();
    const failures = await openIncidents(house, recipients, api.port, open, (paged) => void (paged % 1_000 < 30 && say(`${paged} paged`)));
    const half = Math.floor(broken / 2);
    const { rows } = await house.pool.query<{ id: string }>('select id from incidents order by random() limit $1', [half]);
    await worker.stop();
    const lost = await loseAlerts(house, api.url, { from: open, count: half });
    await Promise.all(rows.map(async ({ id }) => (await workflow(house, id)).terminate('benchmark')));
    const brokenAtMs = performance.now();
    await house.startWorker();
    const terminated = rows.map(({ id }) =>
      until(brokenAtMs, async () => (await (await workflow(house, id)).describe()).status.name === 'RUNNING'),
    );
    const neverStarted = lost.map((id) => until(brokenAtMs, () => Promise.resolve(isPaged(recipients, id))));
    const figures = { terminated: found(await Promise.all(terminated)), neverStarted: found(await Promise.all(neverStarted)) };
    for (const [what, { longestSeconds }] of Object.entries(figures))
      if (!(longestSeconds * 1000 <= promisedMs)) failures.push(`${what}: the last one took ${longestSeconds} s`);
    const pages = recipients.arrivals.filter(({ incidentId }) => lost.includes(incidentId) || rows.some(({ id }) => id === incidentId));
    if (pages.length !== 2 * half) failures.push(`${pages.length} pages of ${2 * half} incidents`);
    return { openIncidents: open, ...figures, failures };
  } finally {
    await recipients.stop();
    await house.stop();
  }
}

const workflow = async (house: Installation, incidentId: string) =>
  (await house.temporal()).workflow.getHandle(incidentWorkflowId(incidentId));

/** Alerts that are taken in while no worker runs, and that Temporal then never hears of. Returns their incidents. */
async function loseAlerts(house: Installation, url: string, { from, count }: { from: number; count: number }): Promise<string[]> {
  const ids = [];
  for (let n = from; n < from + count; n++) ids.push((await postAlert(url, openAlert(n))).incidentId);
  await house.pool.query('delete from outbox');
  return ids;
}

const isPaged = ({ arrivals }: Recipients, incidentId: string): boolean => arrivals.some((page) => page.incidentId === incidentId);

/** Seconds since `fromMs` when it first held; not a number when it never did. */
async function until(fromMs: number, holds: () => Promise<boolean>): Promise<number> {
  for (; performance.now() - fromMs < patienceMs; await delay(500)) if (await holds()) return (performance.now() - fromMs) / 1000;
  return Number.NaN;
}

const found = (seconds: readonly number[]): Found => ({
  seconds: seconds.map((one) => round(one, 1)),
  medianSeconds: round(median(seconds), 1),
  longestSeconds: round(Math.max(...seconds), 1),
});

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('audit', () => runAuditBench({ open: quick ? 200 : 10_000, broken: 50 }));
}
