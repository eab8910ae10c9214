import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { startAuditor, type Auditor } from '../auditor/auditor.ts';
import type { ProductionConfig } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { openDatabase, pendingMigrations, type Database } from '../db/database.ts';
import type { DemoInbox, DemoInboxOptions } from '../demo/start-demo-inbox.ts';
import { ensureEssentials } from '../db/ensure-essentials.ts';
import { crowdLimits } from '../delivery/crowd.ts';
import { startListeners } from '../conversation/listeners.ts';
import { createDeliver } from '../delivery/deliver.ts';
import { readDirectory } from '../people/directory.ts';
import { createEgress } from '../egress/create-egress.ts';
import { createIncidents } from '../incidents/create-incidents.ts';
import { createReceiveMail } from '../mailbox/receive-mail.ts';
import { startMailboxWatch, type MailboxWatch } from '../mailbox/watch-mailbox.ts';
import { createIntake } from '../intake/create-intake.ts';
import { startHeartbeatWatch } from '../intake/heartbeats/watch.ts';
import { armFailPoint } from '../observe/fail-point.ts';
import { createLog } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { createApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { hashPassword } from '../secrets/password.ts';
import { basePathOf } from './base-path.ts';
import { undecidedSources } from './home/figures.ts';
import { createHttpServer } from './http-server.ts';
import { createWebhooks } from './routes/webhooks.ts';
import { createTemporalProbe } from './temporal-probe.ts';

const undecidedWarning =
  'these alert sources take alerts from anybody who can reach them, as before: give each a secret with "imas alert-sources secret <name>", or decide on the alert sources page';

/** How long requests that are under way at a shutdown may take, milliseconds. */
const finishRequestsMs = 3_000;

/**
 * Serves API and pages until SIGTERM or SIGINT: then it takes no more connections, finishes the requests that are under way,
 * waits for the intake to keep what it took, and closes the store. An error that nobody caught ends the process with 1.
 */
export async function runApi(config: ProductionConfig): Promise<void> {
  const log = createLog({ level: config.logLevel, name: 'api' });
  exitOnUncaught(log);
  armFailPoint(config.failPoint);
  const pending = await pendingMigrations(config.databaseUrl);
  if (pending.length > 0) throw new Error(`The database is not up to date (${pending.join(', ')}): run "imas migrate" first.`);
  const database = await openDatabase(config.databaseUrl, {
    applicationName: 'imas-api',
    onConnectionLost: (error) => log.warn({ reason: error.message }, 'a connection to Postgres was lost'),
  });
  const registry = createRegistry({ mail: config.mail });
  await ensureEssentials(database.pool, { admin: await adminOf(config, database), sources: registry.sources() });
  const metrics = createMetrics({ processMetrics: true });
  const intake = createIntake({ database, log, metrics });
  const temporal = createTemporalProbe(config.temporal);
  const secrets = createSecretBox({ key: config.secretKey, oldKeys: config.oldSecretKeys });
  const egress = createEgress({ allow: config.egressAllow ?? [], proxy: config.egressProxy });
  const deps = {
    config,
    database,
    registry,
    secrets,
    egress,
    deliver: createDeliver({
      config,
      database,
      registry,
      secrets,
      egress,
      metrics,
      log,
      crowd: crowdLimits(config.digestAfter),
    }),
    intake,
    incidents: createIncidents({ database }),
    metrics,
    log,
    temporalReachable: () => temporal.reachable(),
  };
  const webhooks = createWebhooks(deps);
  const app = createApp(deps, { webhooks });
  const inbox = config.demo ? await openDemoInbox({ pool: database.pool, config, log }) : null;
  const server = createHttpServer({ fetch: app.fetch, webhooks, basePath: basePathOf(config.baseUrl) });
  const stopped = stopSignal();
  await webhooks.prepare();
  const undecided = await undecidedSources(database.pool, { registry, isDemo: config.demo });
  if (undecided.length > 0) log.warn({ alertSources: undecided.map(({ name }) => name) }, undecidedWarning);
  await listen(server, config);
  log.info({ url: config.baseUrl, port: (server.address() as AddressInfo).port }, 'listening');
  process.send?.('ready');
  const auditor = startOwnAuditor(deps);
  const heartbeats = startHeartbeatWatch(deps);
  const { pool } = database;
  const listeners = startListeners({ ...deps, pool, baseUrl: config.baseUrl, directory: () => readDirectory({ pool, registry, secrets }) });
  const mailbox = startOwnMailboxWatch(deps);
  await stopped;
  log.info('stopping');
  await Promise.all([close(server), auditor.stop(), heartbeats.stop(), listeners.stop(), mailbox?.stop()]);
  await inbox?.close();
  await intake.close();
  await temporal.close();
  await database.close();
  log.info('stopped');
}

async function adminOf({ admin }: ProductionConfig, { pool }: Database): Promise<{ username: string; passwordHash: string | null }> {
  const known = await pool.query('select from users where lower(username) = lower($1)', [admin.username]);
  const needed = known.rowCount === 0 && admin.password !== null;
  return { username: admin.username, passwordHash: needed ? await hashPassword(admin.password as string) : null };
}

/** Beside those of the workers, since it must look most of all while every worker is dead. */
function startOwnAuditor(deps: ApiDeps & { readonly config: ProductionConfig }): Auditor {
  const { temporal, deadmanUrl } = deps.config;
  const connection = Connection.lazy({ ...temporal.access, address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const auditor = startAuditor({ ...deps, client, deadmanUrl });
  return { stop: () => auditor.stop().finally(() => connection.close()) };
}

/** Null where no mailbox is set up. */
function startOwnMailboxWatch(deps: ApiDeps): MailboxWatch | null {
  const settings = deps.config.mailAnswers;
  if (settings === null || settings.inbox === null) return null;
  const receive = createReceiveMail({ ...deps, settings });
  return startMailboxWatch({ ...deps, pool: deps.database.pool, door: deps.egress, inbox: settings.inbox, receive });
}

/** Fetched only where it is wanted: the packages that it stands on are no part of a production installation. */
async function openDemoInbox(options: DemoInboxOptions): Promise<DemoInbox> {
  const { startDemoInbox } = await import('../demo/start-demo-inbox.ts');
  return startDemoInbox(options);
}

function listen(server: Server, { port, host }: ProductionConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: { code?: string }) => {
      const busy = error.code === 'EADDRINUSE';
      reject(busy ? new Error(`Port ${port} is in use by another program: choose another with PORT.`) : error);
    });
    server.listen(port, host, resolve);
  });
}

/** Live streams never end by themselves: they are cut when the time is over, and browsers come back by themselves. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.race([closed, delay(finishRequestsMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

function exitOnUncaught(log: Logger): void {
  const fail = (error: unknown): void => {
    log.fatal({ err: error }, 'an error that nobody caught');
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}
