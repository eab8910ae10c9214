import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Pool } from 'pg';
import { migrate } from '../src/db/database.ts';
import { freePort } from '../src/embedded/free-port.ts';
import { startPostgres, type EmbeddedPostgres } from '../src/embedded/postgres.ts';
import { temporalCli } from '../src/embedded/temporal-binaries.ts';
import { startTemporal, type EmbeddedTemporal } from '../src/embedded/temporal-server.ts';
import { startBalancer, type Balancer } from './balancer.ts';
import { Program } from './program.ts';

const run = promisify(execFile);

export const adminPassword = 'a password for trials alone';

/** A whole installation of its own, every part a process: what is killed here is killed as the power is cut. */
export class Installation {
  readonly dir: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly apis: readonly Program[];
  readonly workers: readonly Program[];
  readonly balancer: Balancer;
  /** For those who look on; it gets over a Postgres that is away. */
  readonly pool: Pool;
  readonly apiPorts: readonly number[];
  private readonly parts: Parts;

  constructor(dir: string, databaseUrl: string, parts: Parts, balancer: Balancer, apiPorts: readonly number[], plant: string | null) {
    this.dir = dir;
    this.databaseUrl = databaseUrl;
    this.parts = parts;
    this.balancer = balancer;
    this.apiPorts = apiPorts;
    this.temporalAddress = parts.temporal.address;
    this.pool = new Pool({ connectionString: databaseUrl, max: 4, connectionTimeoutMillis: 3_000, application_name: 'chaos' });
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    const env = {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: parts.temporal.address,
      IMAS_SECRET_KEY: 'a key for trials alone, of some length',
      IMAS_BASE_URL: 'http://imas.test',
      IMAS_EGRESS_ALLOW: '127.0.0.0/8',
      IMAS_ADMIN_PASSWORD: adminPassword,
      IMAS_LOG_LEVEL: 'warn',
    };
    this.apis = apiPorts.map(
      (port, index) =>
        new Program({
          name: `api-${index + 1}`,
          command: 'api',
          env: { ...env, PORT: String(port) },
          logFile: join(dir, `api-${index + 1}.log`),
          plant,
        }),
    );
    this.workers = [1, 2].map(
      (n) => new Program({ name: `worker-${n}`, command: 'worker', env, logFile: join(dir, `worker-${n}.log`), plant }),
    );
  }

  get programs(): readonly Program[] {
    return [...this.apis, ...this.workers];
  }

  get url(): string {
    return this.balancer.url;
  }

  async killTemporal(): Promise<void> {
    process.kill(this.parts.temporal.pid, 'SIGKILL');
    await this.parts.temporal.exited;
  }

  async startTemporal(): Promise<void> {
    this.parts.temporal = await this.parts.startTemporal();
  }

  async killPostgres(): Promise<void> {
    process.kill(this.parts.postgres.pid, 'SIGKILL');
    await this.parts.postgres.exited;
  }

  /** What the killed one left (its children, its shared memory) is gone after a moment. */
  async startPostgres(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.parts.postgres = await this.parts.startPostgres();
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await delay(250);
      }
    }
  }

  /** Postgres with all of its processes stands still, and its sockets with it; or goes on. */
  async freezePostgres(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const { pid } = this.parts.postgres;
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
    const children = stdout
      .split('\n')
      .map(Number)
      .filter((child) => child > 0);
    const order = signal === 'SIGSTOP' ? [pid, ...children] : [...children, pid];
    for (const one of order) {
      try {
        process.kill(one, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  /** @param keep leaves data and logs where they are */
  async stop({ keep = false } = {}): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill('SIGKILL')));
    await this.balancer.close();
    await this.pool.end();
    await this.parts.temporal.stop();
    await this.parts.postgres.stop();
    if (!keep) await rm(this.dir, { recursive: true, force: true });
  }
}

interface Parts {
  postgres: EmbeddedPostgres;
  temporal: EmbeddedTemporal;
  startPostgres(): Promise<EmbeddedPostgres>;
  startTemporal(): Promise<EmbeddedTemporal>;
}

/** Postgres (with fsync, as it comes), Temporal on disk, a migrated database; API and workers are made, not started. */
export async function createInstallation({ plant = null }: { readonly plant?: string | null } = {}): Promise<Installation> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-chaos-'));
  await chmod(dir, 0o711);
  const temporalDir = join(dir, 'temporal');
  await mkdir(temporalDir);
  const [executable, postgresPort, port, uiPort, ...apiPorts] = await Promise.all([
    temporalCli(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const startPostgresHere = () => startPostgres({ dir: join(dir, 'postgres'), port: postgresPort, settings: { max_connections: '300' } });
  const startTemporalHere = () =>
    startTemporal({ executable, dir: temporalDir, logFile: join(dir, 'temporal.log'), namespace: 'default', ports: { port, uiPort } });
  const [postgres, temporal, balancer] = await Promise.all([startPostgresHere(), startTemporalHere(), startBalancer(apiPorts)]);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('create database imas');
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = '/imas';
  await migrate(url.href);
  const parts: Parts = { postgres, temporal, startPostgres: startPostgresHere, startTemporal: startTemporalHere };
  return new Installation(dir, url.href, parts, balancer, apiPorts, plant);
}

/** One after the other of a kind, since each is the busier the more start at once. */
export async function startPrograms(installation: Installation): Promise<void> {
  const [first, ...others] = installation.programs;
  // The first API makes what every installation has.
  await first?.start();
  await Promise.all(others.map((program) => program.start()));
}
