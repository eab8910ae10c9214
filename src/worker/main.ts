import { createServer, type Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/activities.ts';
import { startArchiver } from '../archive/archiver.ts';
import { startAuditor } from '../auditor/auditor.ts';
import type { Config, ProductionConfig } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { taskQueue } from '../contract/names.ts';
import { openDatabase, pendingMigrations } from '../db/database.ts';
import { startProviderChecks } from '../delivery/check-providers.ts';
import { crowdLimits } from '../delivery/crowd.ts';
import { createDeliver } from '../delivery/deliver.ts';
import { createKeepMessagesInStep } from '../delivery/in-step.ts';
import { startOwnerWarner } from '../delivery/warn-owners.ts';
import { createEgress } from '../egress/create-egress.ts';
import { startHandover } from '../handover/handover.ts';
import { createLog } from '../observe/log.ts';
import { armFailPoint } from '../observe/fail-point.ts';
import { mayReadMetrics, metricsAccess } from '../observe/metrics-access.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { startRelay } from '../relay/relay.ts';
import { startRetention } from '../retention/retention.ts';
import { startRoomCloser } from '../rooms/close-rooms.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { installRuntime } from './runtime.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** An open incident that is kept in memory takes some 0.3 MB; others are replayed from their history when something happens. */
const maxCachedWorkflows = 400;

/** After a worker was killed, its incidents wait this long for it before another takes them. The SDK's default is 10 s. */
export const stickyQueueScheduleToStartTimeout = '2s';

export interface RunningWorker {
  /** Takes no new work, lets what runs end, and closes. */
  stop(): Promise<void>;
  /** Settles when the worker has stopped; rejects when it failed. */
  readonly done: Promise<void>;
}

/** What `imas worker` runs: the relay from the outbox to Temporal, workflows, activities. */
export async function startWorker(config: ProductionConfig): Promise<RunningWorker> {
  const log = createLog({ level: config.logLevel, name: 'worker' });
  installRuntime(log);
  armFailPoint(config.failPoint);
  const { address, namespace, access } = config.temporal;
  const pending = await pendingMigrations(config.databaseUrl);
  if (pending.length > 0) throw new Error(`The database is not up to date (${pending.join(', ')}): run "imas migrate" first.`);
  const database = await openDatabase(config.databaseUrl, { applicationName: 'imas-worker', poolSize: 40, connectTimeoutMs: 5_000 });
  const [bundle, native, connection] = await Promise.all([
    workflowBundle(log),
    NativeConnection.connect({ ...access, address }),
    Connection.connect({ ...access, address }),
  ]);
  const withSearchAttributes = await registerSearchAttributes(connection, namespace, log);
  const metrics = createMetrics({ processMetrics: true });
  const secrets = createSecretBox({ key: config.secretKey, oldKeys: config.oldSecretKeys });
  const registry = createRegistry({ mail: config.mail });
  const egress = createEgress({ allow: config.egressAllow ?? [], proxy: config.egressProxy });
  const sending = { config, database, registry, secrets, egress, metrics, log };
  const deliver = createDeliver({ ...sending, crowd: crowdLimits(config.digestAfter) });
  const deps = { ...sending, deliver, keepMessagesInStep: createKeepMessagesInStep(sending) };
  const activities = createActivities(deps);
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle: bundle,
    activities,
    maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout,
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
    maxConcurrentWorkflowTaskExecutions: 40,
    // The SDK would hold heartbeats back until little of their time-out is left.
    maxHeartbeatThrottleInterval: '2s',
    shutdownGraceTime: '10s',
    shutdownForceTime: '20s',
  });
  const running = worker.run();
  const client = new Client({ connection, namespace });
  const relay = startRelay({ pool: database.pool, databaseUrl: config.databaseUrl, client, log, metrics, withSearchAttributes });
  const archiver = startArchiver({ pool: database.pool, client, secrets, log });
  const retention = startRetention({ pool: database.pool, settings: config.retention, metrics, log });
  const roomCloser = startRoomCloser(deps);
  const handover = startHandover(sending);
  const ownerWarner = startOwnerWarner(sending);
  const providerChecks = startProviderChecks(sending);
  const auditor = startAuditor({ ...deps, client, log, deadmanUrl: config.deadmanUrl });
  const metricsServer = config.metricsPort === 0 ? null : serveMetrics(metrics, config, log);
  log.info({ address, namespace }, 'worker is up');

  const close = async (): Promise<void> => {
    await Promise.all([
      relay.stop(),
      archiver.stop(),
      retention.stop(),
      roomCloser.stop(),
      handover.stop(),
      ownerWarner.stop(),
      providerChecks.stop(),
      auditor.stop(),
    ]);
    metricsServer?.close();
    await connection.close();
    await native.close();
    await database.close();
  };
  const done = running.finally(close);
  return {
    done,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await done;
    },
  };
}

function serveMetrics(metrics: Metrics, { host, metricsPort, metricsToken }: Config, log: Logger): Server {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    if (!mayReadMetrics(request.socket.remoteAddress, request.headers, metricsToken)) {
      return void response.writeHead(401, { 'www-authenticate': 'Bearer realm="metrics"' }).end(`${metricsAccess}\n`);
    }
    void metrics.text().then((text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text));
  });
  server.on('error', (error) => log.error({ err: error, port: metricsPort }, 'metrics cannot be served on this port'));
  return server.listen(metricsPort, host);
}
