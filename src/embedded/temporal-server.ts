import { spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { searchAttributes } from '../contract/names.ts';
import { freePort, isListening, isPortFree } from './free-port.ts';
import { guardChild } from './guard-child.ts';
import { isRunning, stopProcess, commandLineOf } from './processes.ts';
import { temporalReachable } from './temporal-reachable.ts';

export interface EmbeddedTemporal {
  readonly address: string;
  /** Null where the UI is off. */
  readonly uiUrl: string | null;
  readonly pid: number;
  /** Resolves when the server is gone, whoever stopped it, with how it ended. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface TemporalOptions {
  readonly executable: string;
  readonly dir: string;
  readonly logFile: string;
  readonly namespace: string;
  /** Those of an earlier start, so that addresses stay. */
  readonly ports?: TemporalPorts;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

export interface TemporalPorts {
  readonly port: number;
  /** Null for no UI. */
  readonly uiPort: number | null;
}

/**
 * Those that are wanted, else any: a web page that somebody opens on this machine knows where to look for the usual ones.
 * @param wanted Temporal's port, and by its own custom its UI is a thousand above it
 */
export async function chooseTemporalPorts({
  wanted,
  withUi,
}: {
  readonly wanted: number | null;
  readonly withUi: boolean;
}): Promise<TemporalPorts> {
  const port = wanted ?? (await freePort());
  if (!withUi) return { port, uiPort: null };
  return { port, uiPort: wanted === null ? await freePort() : wanted + 1000 };
}

/** The dev server; everything it knows lies in `dir/temporal.db`. */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const pidFile = join(options.dir, 'temporal.pid');
  await stopOrphan(pidFile, options.dir);
  const { port, uiPort } = options.ports ?? { port: await freePort(), uiPort: null };
  for (const wanted of [port, uiPort]) {
    if (wanted === null || (await isPortFree(wanted, '127.0.0.1'))) continue;
    throw new Error(`Port ${wanted} is in use by another program: stop it, or choose another one for Temporal with IMAS_TEMPORAL_PORT.`);
  }
  const databaseFile = join(options.dir, 'temporal.db');
  const attributes = Object.values(searchAttributes).map(({ name }) => `--search-attribute=${name}=Keyword`);
  const args = [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${port}`,
    ...(uiPort === null ? ['--headless'] : [`--ui-port=${uiPort}`]),
    // It cannot be switched off. A web page whose name leads here sends that name as the host, and none is allowed.
    '--dynamic-config-value=frontend.httpAllowedHosts=[]',
    `--db-filename=${databaseFile}`,
    `--namespace=${options.namespace}`,
    '--log-level=warn',
    // Nine starts a second with SQLite's file defaults, sixty-two with these.
    '--sqlite-pragma=journal_mode=wal',
    '--sqlite-pragma=synchronous=normal',
    ...attributes,
  ];
  const log = await open(options.logFile, 'w', 0o600);
  const child = spawn(options.executable, args, { stdio: ['ignore', log.fd, log.fd], detached: true });
  await log.close();
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  const exited = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  const guard = guardChild(child, 'TERM');
  if (child.pid !== undefined) await writeFile(pidFile, String(child.pid));
  const address = `127.0.0.1:${port}`;
  const giveUp = async (why: string): Promise<never> => {
    child.kill('SIGKILL');
    await exited;
    await rm(pidFile, { force: true });
    throw new Error(why);
  };
  const deadline = Date.now() + 60_000;
  // gRPC waits ever longer after a refused connection, for all who ask this process for the same address: it is not asked before somebody listens.
  const answers = async (): Promise<boolean> =>
    (await isListening(port)) && temporalReachable({ address, namespace: options.namespace, timeoutMs: 2_000 });
  for (let asked = 1; !(await answers()); asked += 1) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      const said = (await readFile(options.logFile, 'utf8').catch(() => '')).trim().split('\n').at(-1);
      throw new Error(`Temporal did not start: ${failure ?? said} (see ${options.logFile})`);
    }
    if (options.signal?.aborted) await giveUp('Stopped while Temporal was starting');
    // On a starved machine the time may be over before this process came to ask.
    if (Date.now() > deadline && asked >= 20) await giveUp(`Temporal was not ready after 60 seconds (see ${options.logFile})`);
    await delay(100);
  }
  return {
    address,
    uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}`,
    pid: child.pid as number,
    exited,
    async stop() {
      guard.release();
      child.kill('SIGTERM');
      // Its store is write-ahead logged: being killed loses nothing.
      if ((await Promise.race([exited.then(() => 'gone'), delay(3_000, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
      await exited;
      await rm(pidFile, { force: true });
    },
  };
}

async function stopOrphan(pidFile: string, dir: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1 || !isRunning(pid)) return;
  const command = await commandLineOf(pid);
  // The number may be another program's by now: ours names our store.
  if (command?.includes(join(dir, 'temporal.db')) && basename(command.split(' ')[0] ?? '').startsWith('temporal')) {
    await stopProcess(pid, 'SIGTERM', 3_000);
  }
}
