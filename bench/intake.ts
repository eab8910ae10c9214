import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/embedded/free-port.ts';
import { alertmanagerBody, fingerprintOf, type BenchAlert } from './alerts.ts';
import { startChild } from './child.ts';
import { median, percentile, round } from './figures.ts';
import { bearer, startInstallation, type Installation } from './installation.ts';
import { load, type LoadResult } from './load.ts';
import { postAlert } from './post-alert.ts';
import { startRecipients, type Recipients } from './recipients.ts';
import { reportRun, say, type Checked } from './report.ts';

export interface IntakeBenchOptions {
  /** Each phase once a round; rounds keep the phases side by side while the machine's mood changes. */
  readonly rounds: number;
  readonly phaseMs: number;
  readonly connections: number;
}

const services = 40;
const openIncidents = 100;

const phases = ['bare', 'insert', 'fresh', 'repeats', 'oneKey', 'fortyKeys', 'freshWithWorker'] as const;
type Phase = (typeof phases)[number];

export interface IntakeFigures extends Checked {
  /** Requests a second, each answered 202 after its alert was committed (but `bare`): the median of the rounds, and each round. */
  readonly perSecond: Readonly<Record<Phase, number>>;
  readonly rounds: Readonly<Record<Phase, readonly number[]>>;
  readonly p99Ms: Readonly<Record<Phase, number>>;
  /** Medians of the ratios within one round. Targets: 0.4, 2 and 0.9. */
  readonly freshToBare: number;
  readonly freshToInsert: number;
  readonly oneKeyToFortyKeys: number;
  /** Beside the worker, against alone in the last round. Target: 0.5. */
  readonly withWorkerToFresh: number;
  /**
   * Meanwhile one new SEV1 incident a second: milliseconds from the sending of its alert until the recipient's server has the whole
   * first page. Target: 1,000.
   */
  readonly newIncidentsMs: { readonly count: number; readonly p50: number; readonly p99: number };
}

/** Durable acks a second for bodies of one alert, with bearer, validation, dedup and correlation. */
export async function runIntakeBench(options: IntakeBenchOptions): Promise<IntakeFigures> {
  const house = await startInstallation();
  const recipients = await startRecipients();
  try {
    await seedServices(house, recipients);
    const api = await house.startApi();
    const port = await freePort();
    const baseline = await startChild({
      args: [fileURLToPath(new URL('baseline-server.ts', import.meta.url))],
      env: { DATABASE_URL: house.databaseUrl, PORT: String(port) },
      logFile: join(house.dir, 'baseline.log'),
    });
    try {
      return await measure(house, recipients, options, { api: api.port, baseline: port });
    } finally {
      await baseline.stop();
    }
  } finally {
    await recipients.stop();
    await house.stop();
  }
}

const pagedService = 'checkout';

async function seedServices({ pool, seed }: Installation, { webhookUrl }: Recipients): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(`select id from users where username = 'admin'`);
  const admin = [{ type: 'user', id: rows[0]?.id as string }] as const;
  const document = { levels: [{ targets: admin, delay_seconds: 900 }], repeat: 0, fallback: admin, acknowledged_timeout_seconds: 0 };
  const policyId = await seed.policy({ document });
  for (let n = 0; n < services; n++) await seed.service({ name: `service-${n}`, policyId });
  const webhookId = await seed.provider({ name: 'Pages', type: 'WEBHOOK', config: { url: webhookUrl }, everyIncident: false });
  const targets = [{ type: 'provider', id: webhookId }] as const;
  const paging = { ...document, levels: [{ targets, delay_seconds: 900 }], fallback: targets };
  await seed.service({ name: pagedService, policyId: await seed.policy({ document: paging }), grouping: { by: 'each' } });
}

const keyed = (series: number, index: number, key: number): BenchAlert => ({
  fingerprint: fingerprintOf(series, index),
  name: `HighErrorRate${Math.floor(key / services)}`,
  service: `service-${key % services}`,
});

async function measure(
  house: Installation,
  recipients: Recipients,
  options: IntakeBenchOptions,
  ports: { api: number; baseline: number },
): Promise<IntakeFigures> {
  const results: Record<Phase, LoadResult[]> = {
    bare: [],
    insert: [],
    fresh: [],
    repeats: [],
    oneKey: [],
    fortyKeys: [],
    freshWithWorker: [],
  };
  const failures: string[] = [];
  let series = 0;
  let accepted = 0;
  let distinct = 0;

  async function run(
    phase: Phase,
    forMs: number,
    alertOf: (index: number) => BenchAlert,
    total = Number.POSITIVE_INFINITY,
  ): Promise<LoadResult> {
    const isBaseline = phase === 'bare' || phase === 'insert';
    let index = 0;
    const result = await load({
      port: isBaseline ? ports.baseline : ports.api,
      path: isBaseline ? `/${phase}` : '/api/v1/webhooks/alertmanager/',
      connections: options.connections,
      bearer,
      forMs,
      next: () => (index < total ? alertmanagerBody([alertOf(index++)]) : null),
    });
    const ok = result.answers['202'] ?? 0;
    if (ok !== result.sent) failures.push(`${phase}: ${result.sent} sent, answers ${JSON.stringify(result.answers)}`);
    if (!isBaseline) accepted += ok;
    if (!isBaseline && phase !== 'repeats') distinct += ok;
    return result;
  }

  const fresh = (phase: Phase, forMs: number, keys: number): Promise<LoadResult> => {
    const own = ++series;
    return run(phase, forMs, (index) => keyed(own, index, index % keys));
  };

  async function round1(forMs: number): Promise<Record<Exclude<Phase, 'freshWithWorker'>, LoadResult>> {
    const bare = await run('bare', forMs, (index) => keyed(0, index, index % openIncidents));
    const insertSeries = ++series;
    const insert = await run('insert', forMs, (index) => keyed(insertSeries, index, index % openIncidents));
    const first = await fresh('fresh', forMs, openIncidents);
    const again = series;
    const repeats = await run('repeats', forMs, (index) => keyed(again, index, index % openIncidents), first.sent);
    return {
      bare,
      insert,
      fresh: first,
      repeats,
      oneKey: await fresh('oneKey', forMs, 1),
      fortyKeys: await fresh('fortyKeys', forMs, services),
    };
  }

  await round1(Math.min(1_500, options.phaseMs));
  for (let n = 0; n < options.rounds; n++) {
    for (const [phase, result] of Object.entries(await round1(options.phaseMs))) {
      results[phase as Phase].push(result);
      say(`round ${n + 1} ${phase}: ${result.perSecond}/s, p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms`);
    }
  }
  failures.push(...(await checkRows(house, accepted, distinct)));
  const worker = await house.startWorker();
  // It begins with all that came while none ran; what is measured is how it keeps up.
  await untilTold(house);
  const incidents = openAndTime(`http://127.0.0.1:${ports.api}`, recipients);
  results.freshWithWorker.push(await fresh('freshWithWorker', options.phaseMs * withWorkerTimes, openIncidents));
  const newIncidents = await incidents.stop();
  accepted += newIncidents.length;
  distinct += newIncidents.length;
  await worker.stop();
  failures.push(...(await checkRows(house, accepted, distinct, openIncidents + newIncidents.length)));

  const ratio = (a: Phase, b: Phase): number =>
    round(median(results[a].map((result, n) => result.perSecond / (results[b][n] as LoadResult).perSecond)), 2);
  const each = <T>(of: (all: readonly LoadResult[]) => T): Record<Phase, T> =>
    Object.fromEntries(phases.map((phase) => [phase, of(results[phase])])) as Record<Phase, T>;
  return {
    freshToBare: ratio('fresh', 'bare'),
    freshToInsert: ratio('fresh', 'insert'),
    oneKeyToFortyKeys: ratio('oneKey', 'fortyKeys'),
    perSecond: each((all) => median(all.map(({ perSecond }) => perSecond))),
    p99Ms: each((all) => median(all.map(({ p99Ms }) => p99Ms))),
    rounds: each((all) => all.map(({ perSecond }) => perSecond)),
    withWorkerToFresh: round((results.freshWithWorker[0] as LoadResult).perSecond / (results.fresh.at(-1) as LoadResult).perSecond, 2),
    newIncidentsMs: {
      count: newIncidents.length,
      p50: round(percentile(newIncidents, 0.5)),
      p99: round(percentile(newIncidents, 0.99)),
    },
    failures,
  };
}

/** As many phases long, so that there are incidents enough. */
const withWorkerTimes = 5;
const firstPageWithinMs = 60_000;

/** Opens an incident a second until it is stopped; then it gives back how long each first page took, milliseconds. */
function openAndTime(apiUrl: string, recipients: Recipients): { stop(): Promise<readonly number[]> } {
  const opened: ReturnType<typeof postAlert>[] = [];
  const open = (): void => {
    const posted = postAlert(apiUrl, { fingerprint: fingerprintOf(0xffff, opened.length), name: 'Down', service: pagedService });
    opened.push(posted);
    // It is heard at the end.
    posted.catch(() => undefined);
  };
  const timer = setInterval(open, 1_000);
  return {
    async stop() {
      clearInterval(timer);
      const all = await Promise.all(opened);
      await recipients.until(all.length, firstPageWithinMs);
      const arrivedAtMs = new Map(recipients.arrivals.map(({ incidentId, atMs }) => [incidentId, atMs]));
      return all.map(({ incidentId, sentAtMs }) => (arrivedAtMs.get(incidentId) as number) - sentAtMs);
    },
  };
}

const toldWithinMs = 300_000;
const untold = `with known as materialized (select id, coalesce((state -> 'alerts' ->> 'version')::bigint, 0) as version from incidents)
  select from outbox union all select from known where exists (select from told where incident_id = known.id and told.id > known.version) limit 1`;

async function untilTold({ pool }: Installation): Promise<void> {
  const startedAtMs = performance.now();
  while ((await pool.query(untold)).rowCount !== 0) {
    if (performance.now() - startedAtMs > toldWithinMs) throw new Error(`alerts are still untold after ${toldWithinMs} ms`);
    await delay(200);
  }
  say(`the backlog was told within ${round((performance.now() - startedAtMs) / 1_000)} s`);
}

/** Sent = answered 2xx = rows: one alert and one delivery for each that is different, and every repeat counted. */
async function checkRows({ pool }: Installation, accepted: number, distinct: number, opened = openIncidents): Promise<string[]> {
  const { rows } = await pool.query<{ alerts: number; deliveries: number; counted: number; incidents: number }>(
    `select (select count(*)::int from alerts) as alerts, (select count(*)::int from alert_deliveries) as deliveries,
       (select coalesce(sum(deliveries), 0)::int from alerts) as counted, (select count(*)::int from incidents) as incidents`,
  );
  const { alerts, deliveries, counted, incidents } = rows[0] as (typeof rows)[number];
  say(
    `${accepted} accepted, ${distinct} of them different: ${alerts} alerts, ${deliveries} deliveries, ${counted} counted, ${incidents} incidents`,
  );
  return [
    ...(alerts === distinct ? [] : [`${distinct} different alerts accepted, ${alerts} rows`]),
    ...(deliveries === distinct ? [] : [`${distinct} different deliveries accepted, ${deliveries} rows`]),
    ...(counted === accepted ? [] : [`${accepted} accepted, ${counted} counted`]),
    ...(incidents <= opened ? [] : [`${incidents} incidents for ${opened} keys`]),
  ];
}

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('intake', () => runIntakeBench({ rounds: quick ? 1 : 5, phaseMs: quick ? 2_500 : 4_000, connections: 256 }));
}
