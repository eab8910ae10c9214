import { ConfigError, loadConfig, type Config } from '../config.ts';
import { temporalProblem } from '../embedded/temporal-reachable.ts';
import { databaseProblem } from './database-problem.ts';

interface Finding {
  readonly subject: 'settings' | 'postgres' | 'temporal' | 'secret key';
  readonly ok: boolean;
  readonly detail: string;
}

/** Prints what is right and what is not; the exit code is 1 when anything is wrong. */
export async function checkConfig(options: { readonly json: boolean }): Promise<number> {
  const findings = await findOut();
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: findings.every(({ ok }) => ok), findings })}\n`);
  else for (const { subject, ok, detail } of findings) process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${subject}: ${detail}\n`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

async function findOut(): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((detail) => ({ subject: 'settings', ok: false, detail }));
  }
  const [postgres, temporal] = await Promise.all([checkPostgres(config), checkTemporal(config)]);
  return [{ subject: 'settings', ok: true, detail: `pages at ${config.baseUrl}` }, postgres, temporal, checkKey(config)];
}

async function checkPostgres({ databaseUrl }: Config): Promise<Finding> {
  if (databaseUrl === null) return { subject: 'postgres', ok: true, detail: 'embedded (DATABASE_URL is not set)' };
  const problem = await databaseProblem(databaseUrl);
  return { subject: 'postgres', ok: problem === null, detail: problem ?? `answers at ${new URL(databaseUrl).host}` };
}

async function checkTemporal({ temporal }: Config): Promise<Finding> {
  const { address, namespace } = temporal;
  if (address === null) return { subject: 'temporal', ok: true, detail: 'embedded (TEMPORAL_ADDRESS is not set)' };
  const problem = await temporalProblem({ ...temporal, address, timeoutMs: 3_000 });
  return { subject: 'temporal', ok: problem === null, detail: problem ?? `answers at ${address}, namespace "${namespace}"` };
}

function checkKey({ secretKey, databaseUrl, temporal }: Config): Finding {
  const production = databaseUrl !== null && temporal.address !== null;
  if (secretKey !== null) return { subject: 'secret key', ok: true, detail: 'set' };
  return production
    ? { subject: 'secret key', ok: false, detail: 'IMAS_SECRET_KEY is not set: "imas api" and "imas worker" need it' }
    : { subject: 'secret key', ok: true, detail: 'made by "imas up" and kept in its data folder' };
}
