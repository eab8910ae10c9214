import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { Client } from 'pg';
import { runPageBench } from '../bench/page.ts';
import { runStormBench } from '../bench/storm.ts';
import { adminPassword, createInstallation, startPrograms } from '../chaos/installation.ts';
import { faultTrial } from '../chaos/scenarios/faults.ts';
import { replaySample } from './replay.ts';
import { temporalOnPostgres } from './temporal-on-postgres.ts';
import { hasGo, temporalPrograms } from './temporal-programs.ts';
import { checkOutVersionBefore } from './version-before.ts';

/** What one part of the run found. */
interface Outcome {
  readonly figures: object;
  /** What must not be. */
  readonly failures: readonly string[];
}

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const project = fileURLToPath(new URL('..', import.meta.url));

const program = new Command('cluster')
  .description(
    "Runs IMAS as in production, on this machine's loopback: Temporal's server on Postgres with certificates, two APIs behind a balancer, three workers. Exit code 1: something failed.",
  )
  .option('--quick', 'fewer incidents, alerts and faults', false)
  .option('--seed <n>', 'of the faults', whole, 1)
  .option('--faults <n>', 'how many parts are killed; 40, or 12 with --quick', whole)
  .option('--only <parts>', 'by commas: e2e, page, storm, chaos, replay');
program.parse();
const { quick, seed, faults = quick ? 12 : 40, only } = program.opts<{ quick: boolean; seed: number; faults?: number; only?: string }>();

if (!(await hasGo())) {
  process.stdout.write("cluster: skipped, since Go is not installed (https://go.dev/dl/), which builds Temporal's server\n");
  process.exit(0);
}
const programs = await temporalPrograms(say);
const temporal = temporalOnPostgres(programs);
const size = { apis: 2, workers: 3, temporal };

const parts: Readonly<Record<string, () => Promise<Outcome>>> = {
  e2e: endToEnd,
  page: async () => {
    const { failures, eachMs: _, ...figures } = await runPageBench({ perSecond: 5, incidents: quick ? 50 : 300, warmUp: 25 }, size);
    return { figures, failures };
  },
  storm: async () => {
    const sizes = { alertsOfOneCause: quick ? 1_000 : 10_000, differentIncidents: quick ? 100 : 1_000 };
    const { failures, oneCause, different } = await runStormBench(sizes, size);
    const { pages: _, ...differentIncidents } = different;
    return { figures: { oneCause, differentIncidents }, failures };
  },
  chaos,
  replay: () => tests('test/replay'),
};

const outcomes: Record<string, Outcome> = {};
let playing = '';
// Whoever ends it early is told what was found until then.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    outcomes[playing] = { figures: {}, failures: [`ended by ${signal}`] };
    conclude();
  });
for (const [name, play] of Object.entries(parts)) {
  if (only !== undefined && !only.split(',').includes(name)) continue;
  say(`== ${name}`);
  playing = name;
  const startedAtMs = performance.now();
  const { figures, failures } = await play().catch((error: Error): Outcome => ({ figures: {}, failures: [error.message] }));
  outcomes[name] = { figures: { seconds: Math.round((performance.now() - startedAtMs) / 1000), ...figures }, failures };
  say(lineOf(name, outcomes[name]));
}
conclude();

/** The verdict, and the end. */
function conclude(): never {
  for (const [name, outcome] of Object.entries(outcomes)) {
    process.stdout.write(`${lineOf(name, outcome)}\n`);
    for (const failure of outcome.failures.slice(0, 30)) process.stdout.write(`        ! ${failure}\n`);
  }
  const failed = Object.values(outcomes).filter(({ failures }) => failures.length > 0).length;
  process.stdout.write(`cluster: ${failed === 0 ? 'everything passed' : `${failed} of ${Object.keys(outcomes).length} parts failed`}\n`);
  // Native connections would keep the process; its servers end with it.
  process.exit(failed === 0 ? 0 : 1);
}

function lineOf(name: string, { figures, failures }: Outcome): string {
  return `${failures.length === 0 ? 'passed' : 'FAILED'}  ${name.padEnd(6)}  ${JSON.stringify(figures)}`;
}

/** The end-to-end tests, on an installation that they did not start themselves. */
async function endToEnd(): Promise<Outcome> {
  const besideIt = 'first-alert';
  const installation = await createInstallation({
    workers: 3,
    temporal: temporalOnPostgres(programs, { namespaces: ['default', besideIt] }),
  });
  try {
    await startPrograms(installation);
    const { DATABASE_URL: _, IMAS_ADMIN_PASSWORD: _password, IMAS_BASE_URL: _base, ...settings } = installation.env;
    const beside = { ...settings, DATABASE_URL: await anotherDatabase(installation.databaseUrl, 'beside'), TEMPORAL_NAMESPACE: besideIt };
    const cluster = {
      url: installation.url,
      apiUrls: installation.apiPorts.map((port) => `http://127.0.0.1:${port}`),
      admin: { username: 'admin', password: adminPassword },
      beside,
    };
    return await tests('test/e2e', { IMAS_TEST_CLUSTER: JSON.stringify(cluster) });
  } finally {
    await installation.stop();
  }
}

/** Kills of every part, while a worker of the version before works beside two of ours; then runs of it are played again. */
async function chaos(): Promise<Outcome> {
  const before = await checkOutVersionBefore();
  say(before === null ? 'no version before that runs on this database: all workers are of this one' : `worker-3 is of ${before.commit}`);
  try {
    const { figures, violations } = await faultTrial({
      seed,
      faults,
      say,
      keepLogs: true,
      installation: { workers: 3, temporal, otherVersion: before?.dir ?? null },
      async afterwards({ installation }) {
        const { runs, differences } = await replaySample(installation.pool, installation.env, {
          incidents: quick ? 20 : 80,
          dir: installation.dir,
        });
        say(`${runs} runs played again, ${differences.length} differences`);
        return runs === 0 ? ['no run was there to be played again'] : differences;
      },
    });
    return { figures: { ...figures, version_before: before?.commit ?? 'none' }, failures: violations };
  } finally {
    await before?.remove();
  }
}

async function tests(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', project, folder];
  const child = spawn(process.execPath, args, { cwd: project, env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { figures: {}, failures: code === 0 ? [] : [`the tests of ${folder} failed: see above`] };
}

async function anotherDatabase(url: string, name: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
