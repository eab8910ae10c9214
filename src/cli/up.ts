import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedTemporal, type Config } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { migrate, openDatabase } from '../db/database.ts';
import { ensureAppDatabase } from '../embedded/app-database.ts';
import { runBatchedChanges } from '../db/run-batched-changes.ts';
import { embeddedSecretKey, openDataDir, writeOccupant, type DataDir } from '../embedded/data-dir.ts';
import { freePort, isPortFree } from '../embedded/free-port.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { addSampleData } from '../embedded/sample-data.ts';
import { temporalCli } from '../embedded/temporal-binaries.ts';
import { temporalProblem } from '../embedded/temporal-reachable.ts';
import { chooseTemporalPorts, startTemporal } from '../embedded/temporal-server.ts';
import { ensureAdmin, type AdminAccount } from './admin-password.ts';
import { databaseProblem } from './database-problem.ts';
import { keepRunning } from './keep-running.ts';
import { progressLines } from './migrate.ts';
import { startProgram } from './program-process.ts';
import { Stop } from './stop.ts';
import { accessSql, alertSourceStates, type AccessRow } from '../resources/alert-source-access.ts';
import { asJson, asText, type AlertSourcesAtStart, type Installation } from './welcome.ts';

export interface UpOptions {
  readonly resetAdminPassword: boolean;
  readonly json: boolean;
}

/**
 * In the order in which they are stopped. The API first: what it took lies in the store, and the worker goes on with it as
 * long as it can.
 */
const partNames = ['api', 'worker', 'temporal', 'postgres'] as const;
type StopPart = () => Promise<void>;
/** Filled as parts come up, so that whatever runs when the start fails can be stopped. */
type Parts = Partial<Record<(typeof partNames)[number], StopPart>>;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs everything until it is asked to stop. @throws Stop, Error with one line that says what to do */
export async function up(given: Config, options: UpOptions): Promise<void> {
  const stopping = stopRequest();
  // The data folder holds incident data: only the user who runs this may read it, whichever program writes it.
  process.umask(0o077);
  const config = await withFreePorts(given);
  const dataDir = await openDataDir(config.dataDir);
  const parts: Parts = {};
  try {
    await writeOccupant(dataDir, { pid: process.pid, url: config.baseUrl });
    if (!(await isPortFree(config.port, config.host))) {
      throw new Stop(`Port ${config.port} is in use by another program: stop it, or choose another port, such as PORT=${config.port + 1}.`);
    }
    const installation = await startParts({ config, options, dataDir, parts, stopping });
    process.stdout.write(options.json ? asJson(installation) : asText(installation));
    await aborted(stopping);
    say('Stopping');
  } catch (error) {
    if (!stopping.aborted) throw error;
    say('Stopping');
  } finally {
    for (const name of partNames) await parts[name]?.();
    dataDir.release();
  }
}

interface Start {
  readonly config: Config;
  readonly options: UpOptions;
  readonly dataDir: DataDir;
  readonly parts: Parts;
  readonly stopping: AbortSignal;
}

async function startParts(start: Start): Promise<Installation> {
  const { config, options, dataDir } = start;
  const [postgres, temporal] = await startBoth(start);
  start.stopping.throwIfAborted();
  await migrate(postgres);
  await runBatchedChanges(postgres, { onProgress: progressLines() });
  const { admin, alertSources } = await prepareStore(postgres, config, options);
  const secretKey = config.secretKey ?? (await embeddedSecretKey(dataDir));
  const env = {
    DATABASE_URL: postgres,
    ...(temporal.isEmbedded && embeddedTemporal(temporal)),
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    TEMPORAL_UI_URL: temporal.uiUrl ?? config.temporalUiUrl ?? '',
    IMAS_SECRET_KEY: secretKey,
    IMAS_BASE_URL: config.baseUrl,
    IMAS_EGRESS_ALLOW: (config.egressAllow ?? ['127.0.0.0/8', '::1/128']).join(','),
    IMAS_DEMO: config.demo ? '1' : '0',
    IMAS_DEMO_SMTP_PORT: String(config.demoSmtpPort),
    PORT: String(config.port),
    HOST: config.host,
  };
  await whenAll([
    startProgramPart({ command: 'worker', name: 'The worker', patienceMs: 8_000 }, env, start),
    startProgramPart({ command: 'api', name: 'The API', patienceMs: 5_000 }, env, start),
  ]);
  return { config, admin, alertSources, dataDir: dataDir.path, temporalUi: temporal.uiUrl, logPath: dataDir.logPath };
}

interface Program {
  readonly command: 'api' | 'worker';
  readonly name: string;
  readonly patienceMs: number;
}

async function startProgramPart(
  { command, name, patienceMs }: Program,
  env: Readonly<Record<string, string>>,
  start: Start,
): Promise<void> {
  const logFile = join(start.dataDir.logPath, `${command}.log`);
  const running = await keepRunning({
    name,
    start: (signal) => startProgram({ command, env, logFile, patienceMs, signal }),
    say: (line) => say(`${line} (see ${logFile})`),
    stopping: start.stopping,
  }).catch((error: Error) => {
    throw new Stop(`${name} did not start (${error.message}): see ${logFile}`);
  });
  start.parts[command] = () => running.stop();
}

async function databaseFor({ config, dataDir, parts, stopping }: Start): Promise<string> {
  if (config.databaseUrl !== null) {
    const problem = await databaseProblem(config.databaseUrl);
    if (problem !== null) throw new Stop(problem);
    return config.databaseUrl;
  }
  const port = await freePort();
  const running = await keepRunning({
    name: 'Postgres',
    // Room for one API and one worker with their pools, and for a person with psql.
    start: () => startPostgres({ dir: dataDir.postgresPath, port, settings: { max_connections: '200' } }),
    say,
    stopping,
  });
  parts.postgres = () => running.stop();
  return ensureAppDatabase(running.first.url, dataDir.postgresPath, databaseName);
}

const databaseName = 'imas';

interface TemporalPlace {
  readonly address: string;
  /** Otherwise it is a server of the operator's own. */
  readonly isEmbedded: boolean;
  /** Of the embedded one, where it is on. */
  readonly uiUrl: string | null;
}

async function temporalFor({ config, dataDir, parts, stopping }: Start): Promise<TemporalPlace> {
  const { address, namespace } = config.temporal;
  if (address !== null) {
    const problem = await temporalProblem({ ...config.temporal, address, timeoutMs: 3_000 });
    if (problem !== null) throw new Stop(`${problem}: start it, correct TEMPORAL_ADDRESS, or unset it to use the embedded one.`);
    return { address, isEmbedded: false, uiUrl: null };
  }
  const executable = await temporalCli({ onStep: say, signal: stopping });
  const dir = join(dataDir.path, 'temporal');
  await mkdir(dir, { recursive: true });
  const logFile = join(dataDir.logPath, 'temporal.log');
  const { port: wanted, withUi } = config.embeddedTemporal;
  const ports = await chooseTemporalPorts({ wanted, withUi });
  const running = await keepRunning({
    name: 'Temporal',
    start: (signal) => startTemporal({ executable, dir, logFile, namespace, ports, signal }),
    say,
    stopping,
  });
  parts.temporal = () => running.stop();
  return { address: running.first.address, isEmbedded: true, uiUrl: running.first.uiUrl };
}

/** Both at once; when one fails the other gives up, and is waited for, since what it started must be stopped. */
async function startBoth(start: Start): Promise<[string, TemporalPlace]> {
  const failed = new AbortController();
  const fail = (error: unknown): never => {
    failed.abort();
    throw error;
  };
  const signal = AbortSignal.any([start.stopping, failed.signal]);
  const postgres = databaseFor(start).catch(fail);
  const temporal = temporalFor({ ...start, stopping: signal }).catch(fail);
  return whenAll([postgres, temporal]);
}

/** Rejects as Promise.all does, but only when every one of them has settled: what they started is known then. */
async function whenAll<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

interface PreparedStore {
  readonly admin: AdminAccount;
  readonly alertSources: AlertSourcesAtStart;
}

async function prepareStore(databaseUrl: string, config: Config, options: UpOptions): Promise<PreparedStore> {
  const database = await openDatabase(databaseUrl, { applicationName: 'imas-up', poolSize: 2, connectTimeoutMs: 10_000 });
  try {
    const admin = await ensureAdmin(database.pool, config, options.resetAdminPassword);
    if (config.demo) await addSampleData(database.pool, { smtpPort: config.demoSmtpPort, baseUrl: config.baseUrl });
    const { rows } = await database.pool.query<AccessRow>(accessSql);
    const states = alertSourceStates(rows, createRegistry({ mail: config.mail }), config.demo);
    const undecided = rows.filter(({ id }) => states.get(id) === 'open_since_before').map(({ name }) => name);
    const allClosed = [...states.values()].every((state) => state === 'closed' || state === 'inactive');
    return { admin, alertSources: { undecided, allClosed } };
  } finally {
    await database.close();
  }
}

/** PORT=0 takes any. The inbox's mail port is nobody's concern: another is taken when it is in use. */
async function withFreePorts(config: Config): Promise<Config> {
  const smtpIsFree = await isPortFree(config.demoSmtpPort, '127.0.0.1');
  const demoSmtpPort = smtpIsFree ? config.demoSmtpPort : await freePort();
  if (config.port !== 0) return { ...config, demoSmtpPort };
  const port = await freePort();
  return { ...config, port, demoSmtpPort, baseUrl: config.baseUrl === 'http://localhost:0' ? `http://localhost:${port}` : config.baseUrl };
}

/** Aborted at Ctrl-C, SIGTERM or hang-up, and when the program that started us, or the terminal, is gone. */
function stopRequest(): AbortSignal {
  const stopping = new AbortController();
  const ask = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', ask);
  process.stdout.on('error', ask);
  process.stderr.on('error', ask);
  return stopping.signal;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
