import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { guardChild } from './guard-child.ts';
import { commandLineOf, stopProcess } from './processes.ts';
import { reachableBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { letPass, makePrivate } from './private-files.ts';
import { postgresUser, type SystemUser } from './postgres-user.ts';

const run = promisify(execFile);

export interface EmbeddedPostgres {
  /** Of the database `postgres`, as superuser, on the loopback only. */
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the server is gone, whoever stopped it, with how it ended. */
  readonly exited: Promise<string>;
  /** Fast shutdown: transactions are rolled back, everything committed is kept. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Everything of this server. Made when it is missing; the user that Postgres runs as must be able to enter it. */
  readonly dir: string;
  /** Where programs are copied to, when that user cannot reach them where npm put them. */
  readonly copyDir?: string;
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a Postgres of its own: `dir/cluster` holds the data, `dir/password` the superuser's password, `dir/postgres.log` what
 * the server says.
 * @throws Error with the last words of the log when it does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const user = await postgresUser();
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  await makePrivate(options.dir, ['password', 'postgres.log']);
  if (user === null) await chmod(options.dir, 0o700);
  else await letPass(user, options.dir);
  const binaries = await reachableBinaries(user, options.copyDir ?? options.dir);
  const cluster = join(options.dir, 'cluster');
  const password = await ensureCluster(binaries, user, options.dir, cluster);
  await stopOrphanOf(options.dir);
  const port = options.port ?? (await freePort());
  const logFile = join(options.dir, 'postgres.log');
  const child = await spawnServer({ binaries, user, cluster, port, logFile, settings: options.settings ?? {} });
  const exited = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  const guard = guardChild(child, 'INT');
  await untilReady({ child, cluster, logFile });
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    pid: child.pid as number,
    logFile,
    exited,
    async stop() {
      guard.release();
      child.kill('SIGINT');
      if ((await Promise.race([exited.then(() => 'gone'), delay(8_000, 'late', { ref: false })])) === 'late') child.kill('SIGQUIT');
      await exited;
    },
  };
}

async function ensureCluster(binaries: PostgresBinaries, user: SystemUser | null, dir: string, cluster: string): Promise<string> {
  const passwordFile = join(dir, 'password');
  if (await exists(join(cluster, 'PG_VERSION'))) {
    if (user !== null) await chown(cluster, user.uid, user.gid);
    return (await readFile(passwordFile, 'utf8')).trim();
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  // A first start that was cut short leaves half a cluster.
  const unfinished = `${cluster}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await rm(cluster, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (user !== null) {
    await chown(unfinished, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { env: { LC_ALL: 'C' }, ...(user !== null && { uid: user.uid, gid: user.gid }) },
    );
  } catch (error) {
    throw new Error(
      `Postgres could not make its data folder ${cluster}: ${lastLine((error as { stderr?: string }).stderr ?? String(error))}`,
    );
  }
  if (user !== null) await chown(passwordFile, 0, 0);
  await rename(unfinished, cluster);
  return password;
}

async function spawnServer(args: {
  binaries: PostgresBinaries;
  user: SystemUser | null;
  cluster: string;
  port: number;
  logFile: string;
  settings: Readonly<Record<string, string>>;
}): Promise<ChildProcess> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A storm of alerts writes a gigabyte a minute: at Postgres's default, checkpoints keep up with it only by making pages wait.
    max_wal_size: '2GB',
    wal_compression: 'on',
    ...args.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(args.logFile, 'w', 0o600);
  try {
    return spawn(args.binaries.postgres, ['-D', args.cluster, '-p', String(args.port), ...flags], {
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
      // Its own process group: Ctrl-C in a terminal must not reach it before those who still write to it.
      detached: true,
      ...(args.user !== null && { uid: args.user.uid, gid: args.user.gid }),
    });
  } finally {
    await log.close();
  }
}

/** Line 8 of postmaster.pid becomes `ready`: the sign that pg_ctl waits for too. */
async function untilReady(args: { child: ChildProcess; cluster: string; logFile: string }): Promise<void> {
  let failed: Error | undefined;
  args.child.once('error', (error) => (failed = error));
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (failed !== undefined) throw new Error(`Postgres did not start: ${failed.message}`);
    if (args.child.exitCode !== null || args.child.signalCode !== null) {
      throw new Error(`Postgres did not start: ${lastLine(await readFile(args.logFile, 'utf8'))} (see ${args.logFile})`);
    }
    const lines = await pidLines(args.cluster);
    if (Number(lines[0]) === args.child.pid && lines[7]?.trim() === 'ready') return;
    if (Date.now() > deadline) throw new Error(`Postgres was not ready after 60 seconds (see ${args.logFile})`);
    await delay(25);
  }
}

/** A server that outlived its parent still holds the cluster in `dir`: ask it to stop, so that two never share one. */
export async function stopOrphanOf(dir: string): Promise<void> {
  const cluster = join(dir, 'cluster');
  const pid = Number((await pidLines(cluster))[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  // postmaster.pid outlives a crash, and its number may be another program's by now: ours names our cluster.
  const command = await commandLineOf(pid);
  if (command?.includes(cluster) && command.includes('postgres')) await stopProcess(pid, 'SIGINT', 8_000);
}

async function pidLines(cluster: string): Promise<string[]> {
  return (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
