import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client, type Pool } from 'pg';
import { openDatabase, migrate } from '../src/db/database.ts';
import { createRegistry } from '../src/connectors/registry.ts';
import { ensureEssentials } from '../src/db/ensure-essentials.ts';
import { freePort } from '../src/embedded/free-port.ts';
import { startPostgres } from '../src/embedded/postgres.ts';
import { startBalancer } from '../chaos/balancer.ts';
import { developmentServer, type PrepareTemporal } from '../chaos/temporal.ts';
import { readTemporalSettings } from '../src/temporal-settings.ts';
import { workerNodeFlags } from '../src/worker/node-flags.ts';
import { createSeed, type Seed } from '../test/support/seed.ts';
import { startChild, type Child } from './child.ts';

const entry = fileURLToPath(new URL('../src/cli/imas.ts', import.meta.url));

/** The bearer secret of the alert source for Alertmanager. */
export const bearer = 'bench-bearer-secret';

/** What secrets of the store are sealed with. */
export const secretKey = 'a key for the benchmarks alone';

/** The whole product as real processes on this machine, its data on disk in a folder of its own. */
export interface Installation {
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly seed: Seed;
  readonly dir: string;
  /** `profileDir`: where Node writes a CPU profile when it ends. Several answer at one address, by a balancer. */
  startApi(options?: { readonly profileDir?: string | undefined }): Promise<Child & { readonly port: number; readonly url: string }>;
  /** Starts Temporal too, when it does not run yet. Resolves with the first of the workers. */
  startWorker(): Promise<Child>;
  temporal(): Promise<TemporalClient>;
  stop(): Promise<void>;
}

/** Durable as in production: what is off by default nowhere is off here. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: '200' };

export interface InstallationOptions {
  /** One when absent. Before several stands a balancer. */
  readonly apis?: number;
  /** One when absent. */
  readonly workers?: number;
  readonly temporal?: PrepareTemporal;
}

export async function startInstallation({
  apis = 1,
  workers = 1,
  temporal: prepareTemporal = developmentServer,
}: InstallationOptions = {}): Promise<Installation> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-bench-'));
  await chmod(dir, 0o711);
  const closers: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), settings: durable });
  closers.push(() => postgres.stop());
  const databaseUrl = await createDatabase(postgres.url);
  await migrate(databaseUrl);
  const database = await openDatabase(databaseUrl, { applicationName: 'imas-bench', statementTimeoutMs: 600_000 });
  closers.push(() => database.close());
  await ensureEssentials(database.pool, {
    admin: { username: 'admin', passwordHash: null },
    sources: createRegistry({ mail: null }).sources(),
  });
  const secretHash = createHash('sha256').update(bearer).digest();
  await database.pool.query(`update alert_sources set secret_hash = $1 where source = 'alertmanager'`, [secretHash]);

  let temporal: { readonly env: Readonly<Record<string, string>>; readonly client: TemporalClient } | null = null;
  async function ensureTemporal(): Promise<NonNullable<typeof temporal>> {
    if (temporal !== null) return temporal;
    const server = await prepareTemporal({ dir, postgresUrl: postgres.url });
    const running = await server.start();
    closers.push(() => running.stop());
    const { access, namespace } = readTemporalSettings(server.env);
    const connection = await Connection.connect({ ...access, address: server.env['TEMPORAL_ADDRESS'] ?? '' });
    closers.push(() => connection.close());
    temporal = { env: server.env, client: new TemporalClient({ connection, namespace }) };
    return temporal;
  }

  const settings = (more: Record<string, string>): Record<string, string> => ({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    ...temporal?.env,
    IMAS_SECRET_KEY: secretKey,
    IMAS_EGRESS_ALLOW: '127.0.0.0/8',
    IMAS_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...more,
  });
  const start = async (command: string, more: Record<string, string> = {}, flags: readonly string[] = []): Promise<Child> => {
    started += 1;
    const child = await startChild({
      args: [...flags, entry, command],
      env: settings(more),
      logFile: join(dir, `${command}-${started}.log`),
    });
    closers.push(() => child.stop());
    return child;
  };
  let started = 0;
  const startOneApi = async (flags: readonly string[]): Promise<Child & { readonly port: number }> => {
    const port = await freePort();
    return { ...(await start('api', { PORT: String(port) }, flags)), port };
  };

  return {
    databaseUrl,
    pool: database.pool,
    seed: createSeed(database.pool),
    dir,
    async startApi({ profileDir } = {}) {
      // It is told where Temporal is, as in production: its auditor asks.
      if (apis > 1) await ensureTemporal();
      const flags = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
      const first = await startOneApi(flags);
      if (apis === 1) return { ...first, url: `http://127.0.0.1:${first.port}` };
      const others = await Promise.all(Array.from({ length: apis - 1 }, () => startOneApi([])));
      const balancer = await startBalancer([first, ...others].map(({ port }) => port));
      closers.push(() => balancer.close());
      return { ...first, port: Number(new URL(balancer.url).port), url: balancer.url };
    },
    async startWorker() {
      await ensureTemporal();
      const [first] = await Promise.all(Array.from({ length: workers }, () => start('worker', {}, workerNodeFlags)));
      return first as Child;
    },
    temporal: async () => (await ensureTemporal()).client,
    async stop() {
      for (const close of closers.toReversed()) await close();
    },
  };
}

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query('create database imas');
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = '/imas';
  return url.href;
}
