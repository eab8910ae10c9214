import type { Config } from '../config.ts';
import type { TemporalSettings } from '../temporal-settings.ts';
import { findRunning } from '../embedded/running-installation.ts';
import { databaseProblem } from './database-problem.ts';
import { Stop } from './stop.ts';

/** What a command needs that looks into an installation while it runs. */
export interface Installation {
  readonly databaseUrl: string;
  /** Its address is null when none is set and none runs here. */
  readonly temporal: TemporalSettings;
  readonly secretKey: string | null;
}

const databaseName = 'imas';

/** From the settings, else the installation that `imas up` runs in the data folder. @throws Stop when its database does not answer */
export async function findInstallation(config: Config): Promise<Installation> {
  const running = await findRunning(config.dataDir, databaseName);
  const databaseUrl = config.databaseUrl ?? running.databaseUrl;
  if (databaseUrl === null) {
    throw new Stop(`Nothing runs with the data folder ${config.dataDir}: start it with "imas up", or set DATABASE_URL.`);
  }
  const problem = await databaseProblem(databaseUrl);
  if (problem !== null) throw new Stop(problem);
  return {
    databaseUrl,
    temporal: config.temporal.address === null ? { ...config.temporal, address: running.temporalAddress } : config.temporal,
    secretKey: config.secretKey ?? running.secretKey,
  };
}
