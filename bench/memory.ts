import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { issueToken } from '../src/api/auth/tokens.ts';
import { incidentWorkflowId } from '../src/contract/names.ts';
import { fingerprintOf, type BenchAlert } from './alerts.ts';
import { round } from './figures.ts';
import { startInstallation, type Installation } from './installation.ts';
import { openIncidents } from './open-incidents.ts';
import { postAlert } from './post-alert.ts';
import { startRecipients, type Recipients } from './recipients.ts';
import { reportRun, say, type Checked } from './report.ts';
import { addServices } from './services.ts';

export interface MemoryFigures extends Checked {
  readonly openIncidents: number;
  /** Of the worker process, MB. Target: 700 with 10,000 open. */
  readonly startMb: number;
  readonly openMb: number;
  readonly highestMb: number;
  readonly samples: readonly (readonly [paged: number, mb: number])[];
  /** History events of a quiet incident's whole run. */
  readonly eventsByPeople: number;
  readonly eventsByMonitoring: number;
}

/** What open incidents cost the worker, and what one quiet incident writes into its history. */
export async function runMemoryBench(count: number): Promise<MemoryFigures> {
  const house = await startInstallation();
  const recipients = await startRecipients();
  try {
    await addServices(house, recipients, { count: 40, mail: false });
    const api = await house.startApi();
    const worker = await house.startWorker();
    const startMb = await residentMb(worker.pid, 'VmRSS');
    const eventsByPeople = await quietIncident(house, recipients, api.url, 'people');
    const eventsByMonitoring = await quietIncident(house, recipients, api.url, 'monitoring');
    const samples: [number, number][] = [];
    const failures = await openIncidents(house, recipients, api.port, count, async (paged) => {
      samples.push([paged, await residentMb(worker.pid, 'VmRSS')]);
      if (samples.length % 15 === 0) say(`${paged} paged, ${samples.at(-1)?.[1]} MB`);
    });
    return {
      openIncidents: count,
      startMb,
      openMb: await residentMb(worker.pid, 'VmRSS'),
      highestMb: await residentMb(worker.pid, 'VmHWM'),
      eventsByPeople,
      eventsByMonitoring,
      samples,
      failures,
    };
  } finally {
    await recipients.stop();
    await house.stop();
  }
}

/** Of /proc (Linux): `VmRSS` is the memory it has now, `VmHWM` the most it ever had. */
async function residentMb(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024);
}

/** One that fires, pages once, and is ended: acknowledged and resolved by a person, or resolved by monitoring. */
async function quietIncident(house: Installation, recipients: Recipients, apiUrl: string, by: 'people' | 'monitoring'): Promise<number> {
  const alert: BenchAlert = { fingerprint: fingerprintOf(1, by === 'people' ? 1 : 2), name: `Quiet-${by}`, service: 'service-1' };
  const before = recipients.arrivals.length;
  const { incidentId } = await postAlert(apiUrl, alert);
  await recipients.until(before + 1, 30_000);
  if (by === 'people') {
    const { rows } = await house.pool.query<{ id: string }>(`select id from users where username = 'admin'`);
    const token = await issueToken(house.pool, rows[0]?.id as string, 'api');
    for (const action of ['acknowledge', 'resolve']) {
      const path = `${apiUrl}/api/v1/incidents/${incidentId}/${action}/`;
      const { status } = await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
      if (status !== 200 && status !== 202) throw new Error(`${action} was answered ${status}`);
      await delay(500);
    }
  } else await postAlert(apiUrl, alert, 'resolved');
  const handle = (await house.temporal()).workflow.getHandle(incidentWorkflowId(incidentId));
  await handle.result();
  return (await handle.fetchHistory()).events?.length ?? 0;
}

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('memory', () => runMemoryBench(quick ? 200 : 10_000));
}
