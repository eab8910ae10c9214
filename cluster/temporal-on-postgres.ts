import { execFile, spawn } from 'node:child_process';
import { mkdir, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { PrepareTemporal, RunningTemporal } from '../chaos/temporal.ts';
import { freePort, isListening } from '../src/embedded/free-port.ts';
import { guardChild } from '../src/embedded/guard-child.ts';
import { temporalCli } from '../src/embedded/temporal-binaries.ts';
import { temporalProblem } from '../src/embedded/temporal-reachable.ts';
import { readTemporalSettings } from '../src/temporal-settings.ts';

const run = promisify(execFile);

/** What docker-compose.yml mounts. */
const deployed = (name: string): string => fileURLToPath(new URL(`../deploy/temporal/${name}`, import.meta.url));

const readyWithinMs = 60_000;

/**
 * Temporal's server on the installation's own Postgres, with certificates of its own, set up by the same files as in
 * docker-compose.yml: its schema, its configuration, its namespace. The log of each start is kept: `temporal-1.log`.
 * @param programs the folder with `temporal-server` and `temporal-sql-tool`
 */
export const temporalOnPostgres =
  (programs: string, { namespaces = ['default'] }: { readonly namespaces?: readonly string[] } = {}): PrepareTemporal =>
  async ({ dir, postgresUrl }) => {
    const { hostname, port: postgresPort, username, password } = new URL(postgresUrl);
    const certificates = join(dir, 'certificates');
    const cli = await temporalCli();
    const [frontend, frontendGossip, history, historyGossip, matching, matchingGossip, worker, workerGossip] = await Promise.all(
      Array.from({ length: 8 }, () => freePort()),
    );
    // The scripts call everything by its name in Temporal's images.
    const bin = join(dir, 'bin');
    await mkdir(bin, { recursive: true });
    if (cli.includes('/')) await symlink(cli, join(bin, 'temporal'));
    const path = `${bin}:${programs}:${process.env['PATH'] ?? ''}`;
    await run(deployed('certificates.sh'), [certificates]);
    await run(deployed('schema.sh'), [], {
      env: {
        PATH: path,
        SQL_PLUGIN: 'postgres12',
        SQL_HOST: hostname,
        SQL_PORT: postgresPort,
        SQL_USER: username,
        SQL_PASSWORD: decodeURIComponent(password),
      },
    });
    const address = `127.0.0.1:${frontend}`;
    const env = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(certificates, 'authority.pem'),
      TEMPORAL_TLS_CLIENT_CERT_PATH: join(certificates, 'client.pem'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: join(certificates, 'client.key'),
      TEMPORAL_TLS_SERVER_NAME: 'temporal',
    };
    const { access } = readTemporalSettings(env);
    const serverEnv = {
      PATH: path,
      TEMPORAL_SERVER_CONFIG_FILE_PATH: deployed('config.yaml.template'),
      DYNAMIC_CONFIG_FILE_PATH: deployed('dynamic-config.yaml'),
      TEMPORAL_CERTIFICATES: certificates,
      TEMPORAL_ALLOW_NO_AUTH: 'true',
      POSTGRES_SEEDS: hostname,
      DB_PORT: postgresPort,
      POSTGRES_USER: username,
      POSTGRES_PWD: decodeURIComponent(password),
      BIND_ON_IP: '127.0.0.1',
      FRONTEND_GRPC_PORT: String(frontend),
      FRONTEND_MEMBERSHIP_PORT: String(frontendGossip),
      HISTORY_GRPC_PORT: String(history),
      HISTORY_MEMBERSHIP_PORT: String(historyGossip),
      MATCHING_GRPC_PORT: String(matching),
      MATCHING_MEMBERSHIP_PORT: String(matchingGossip),
      WORKER_GRPC_PORT: String(worker),
      WORKER_MEMBERSHIP_PORT: String(workerGossip),
      LOG_LEVEL: 'warn',
    };
    let starts = 0;
    const start = async (): Promise<RunningTemporal> => {
      starts += 1;
      const logFile = join(dir, `temporal-${starts}.log`);
      const log = await open(logFile, 'w', 0o600);
      const child = spawn(join(programs, 'temporal-server'), ['start'], {
        env: serverEnv,
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
      });
      await log.close();
      const exited = new Promise<string>((resolve) => {
        child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
        child.once('error', (error) => resolve(error.message));
      });
      const guard = guardChild(child, 'TERM');
      const problem = async (): Promise<string | null> =>
        (await isListening(frontend as number))
          ? temporalProblem({ address, namespace: 'default', access, timeoutMs: 2_000 })
          : 'nobody listens';
      const deadline = Date.now() + readyWithinMs;
      for (let found = await problem(); found !== null; found = await problem()) {
        if (found.includes('has no namespace')) await makeNamespaces();
        const why = child.exitCode !== null || child.signalCode !== null ? await exited : Date.now() > deadline ? found : null;
        if (why !== null) {
          child.kill('SIGKILL');
          throw new Error(`Temporal did not start: ${why} (see ${logFile})`);
        }
        await delay(100);
      }
      return {
        pid: child.pid as number,
        exited,
        async stop() {
          guard.release();
          child.kill('SIGTERM');
          if ((await Promise.race([exited.then(() => 'gone'), delay(5_000, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
          await exited;
        },
      };
    };

    async function makeNamespaces(): Promise<void> {
      for (const namespace of namespaces)
        await run(deployed('namespace.sh'), [namespace], { env: { PATH: path, ...env } }).catch(() => undefined);
    }

    return { env, start };
  };
