import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Pool } from 'pg';
import { migrate } from '../src/db/database.ts';
import { freePort } from '../src/embedded/free-port.ts';
import { startPostgres, type EmbeddedPostgres } from '../src/embedded/postgres.ts';
import { startBalancer, type Balancer } from './balancer.ts';
import { Program } from './program.ts';
import { developmentServer, type PrepareTemporal, type RunningTemporal, type TemporalServer } from './temporal.ts';

const run = promisify(execFile);

export const adminPassword = 'a password for trials alone';

export interface InstallationOptions {
  /** A planted bug that its programs run with. */
  readonly plant?: string | null;
  readonly workers?: number;
  /** The sources of another version, which the last worker runs. */
  readonly otherVersion?: string | null;
  readonly temporal?: PrepareTemporal;
  /** Settings of its programs beside its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole installation of its own, every part a process: what is killed here is killed as the power is cut. */
export class Installation {
  readonly dir: string;
  readonly databaseUrl: string;
  /** What a program needs to be one of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly apis: readonly Program[];
  readonly workers: readonly Program[];
  readonly balancer: Balancer;
  /** For those who look on; it gets over a Postgres that is away. */
  readonly pool: Pool;
  readonly apiPorts: readonly number[];
  private readonly parts: Parts;

  constructor(place: Place, parts: Parts, { plant = null, workers = 2, otherVersion = null, env = {} }: InstallationOptions) {
    const { dir, databaseUrl, apiPorts } = place;
    this.dir = dir;
    this.databaseUrl = databaseUrl;
    this.parts = parts;
    this.balancer = place.balancer;
    this.apiPorts = apiPorts;
    this.pool = new Pool({ connectionString: databaseUrl, max: 4, connectionTimeoutMillis: 3_000, application_name: 'chaos' });
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.env = {
      DATABASE_URL: databaseUrl,
      ...parts.temporalServer.env,
      IMAS_SECRET_KEY: 'a key for trials alone, of some length',
      IMAS_BASE_URL: 'http://imas.test',
      IMAS_EGRESS_ALLOW: '127.0.0.0/8',
      IMAS_ADMIN_PASSWORD: adminPassword,
      // What was sent is counted mail by mail.
      IMAS_DIGEST_AFTER: '0',
      IMAS_LOG_LEVEL: 'warn',
      ...env,
    };
    const program = (command: 'api' | 'worker', n: number, more: Record<string, string>): Program =>
      new Program({
        name: `${command}-${n}`,
        command,
        env: { ...this.env, ...more },
        logFile: join(dir, `${command}-${n}.log`),
        plant,
      });
    this.apis = apiPorts.map((port, index) => program('api', index + 1, { PORT: String(port) }));
    this.workers = Array.from({ length: workers }, (_, index) => program('worker', index + 1, {}));
    const last = this.workers.at(-1);
    if (otherVersion !== null && last !== undefined) last.project = otherVersion;
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

  /** As whoever supervises it would: again, when a busy machine did not let it come up. @throws Error when it never does */
  async startTemporal(): Promise<void> {
    this.parts.temporal = await untilStarted(3, () => this.parts.temporalServer.start());
  }

  async killPostgres(): Promise<void> {
    process.kill(this.parts.postgres.pid, 'SIGKILL');
    await this.parts.postgres.exited;
  }

  /** What the killed one left (its children, its shared memory) is gone after a moment. */
  async startPostgres(): Promise<void> {
    this.parts.postgres = await untilStarted(20, () => this.parts.startPostgres());
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

  /** @param keep leaves nothing where it was, or the logs, or the data too */
  async stop({ keep = 'nothing' }: { readonly keep?: 'nothing' | 'logs' | 'everything' } = {}): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill('SIGKILL')));
    await this.balancer.close();
    await this.pool.end();
    await this.parts.temporal.stop();
    await this.parts.postgres.stop();
    if (keep === 'nothing') await rm(this.dir, { recursive: true, force: true });
    if (keep === 'logs') await removeAllBut(this.dir, /\.(log|histories)$/);
  }
}

interface Place {
  readonly dir: string;
  readonly databaseUrl: string;
  readonly balancer: Balancer;
  readonly apiPorts: readonly number[];
}

interface Parts {
  postgres: EmbeddedPostgres;
  temporal: RunningTemporal;
  readonly temporalServer: TemporalServer;
  startPostgres(): Promise<EmbeddedPostgres>;
}

/** Postgres (with fsync, as it comes), Temporal on disk, a migrated database; API and workers are made, not started. */
export async function createInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-chaos-'));
  await chmod(dir, 0o711);
  const [postgresPort, ...apiPorts] = await Promise.all([freePort(), freePort(), freePort()]);
  const startPostgresHere = () => startPostgres({ dir: join(dir, 'postgres'), port: postgresPort, settings: { max_connections: '300' } });
  const [postgres, balancer] = await Promise.all([startPostgresHere(), startBalancer(apiPorts)]);
  const temporalServer = await (options.temporal ?? developmentServer)({ dir, postgresUrl: postgres.url });
  const temporal = await temporalServer.start();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('create database imas');
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = '/imas';
  await migrate(url.href);
  const parts: Parts = { postgres, temporal, temporalServer, startPostgres: startPostgresHere };
  return new Installation({ dir, databaseUrl: url.href, balancer, apiPorts }, parts, options);
}

/** One after the other of a kind, since each is the busier the more start at once. */
export async function startPrograms(installation: Installation): Promise<void> {
  const [first, ...others] = installation.programs;
  // The first API makes what every installation has.
  await first?.start();
  await Promise.all(others.map((program) => program.start()));
}

async function untilStarted<T>(times: number, start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries === times) throw error;
      await delay(250);
    }
  }
}

async function removeAllBut(dir: string, kept: RegExp): Promise<void> {
  for (const name of await readdir(dir)) if (!kept.test(name)) await rm(join(dir, name), { recursive: true, force: true });
}
