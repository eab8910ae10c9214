import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../src/embedded/free-port.ts';
import { temporalCli } from '../src/embedded/temporal-binaries.ts';
import { startTemporal } from '../src/embedded/temporal-server.ts';

/** A Temporal server as a process that can be killed and started again at the same address. */
export interface TemporalServer {
  /** What programs need to reach it: `TEMPORAL_ADDRESS`, and whatever lets them in. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when it answers. @throws Error when it does not come up; nothing of it runs then */
  start(): Promise<RunningTemporal>;
}

export interface RunningTemporal {
  readonly pid: number;
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface TemporalPlace {
  readonly dir: string;
  /** As superuser, for a server that keeps what it knows there. */
  readonly postgresUrl: string;
}

export type PrepareTemporal = (place: TemporalPlace) => Promise<TemporalServer>;

/** Temporal's development server, on disk. The log of each start is kept: `temporal-1.log`. */
export const developmentServer: PrepareTemporal = async ({ dir }) => {
  const [executable, port] = await Promise.all([temporalCli(), freePort()]);
  const own = join(dir, 'temporal');
  await mkdir(own, { recursive: true });
  let starts = 0;
  return {
    env: { TEMPORAL_ADDRESS: `127.0.0.1:${port}` },
    start() {
      starts += 1;
      const logFile = join(dir, `temporal-${starts}.log`);
      return startTemporal({ executable, dir: own, logFile, namespace: 'default', ports: { port, uiPort: null } });
    },
  };
};
