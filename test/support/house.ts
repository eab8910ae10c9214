import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import pino from 'pino';
import { createActivities } from '../../src/activities/activities.ts';
import { createRegistry, type Registry } from '../../src/connectors/registry.ts';
import { incidentWorkflowId, taskQueue } from '../../src/contract/names.ts';
import type { Actor, CommandBody, Explanation } from '../../src/contract/incident.ts';
import { explain } from '../../src/domain/incident/explain.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { storedSaid, type StoredSaid } from '../../src/db/stored-said.ts';
import { asSaid } from '../../src/domain/said.ts';
import { words } from '../../src/texts/languages.ts';
import type { AlertLinks } from '../../src/domain/alert-event.ts';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import type { Severity } from '../../src/domain/vocabulary.ts';
import { crowdLimits, type CrowdLimits } from '../../src/delivery/crowd.ts';
import { createDeliver } from '../../src/delivery/deliver.ts';
import { createKeepMessagesInStep } from '../../src/delivery/in-step.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { GoogleDriveSettings } from '../../src/google-drive-settings.ts';
import type { MailAnswerSettings } from '../../src/mail-answer-settings.ts';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import type { CommandResult } from '../../src/incidents/incidents.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import { IntakeUnavailable, type Intake, type StoredAlert } from '../../src/intake/intake.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { startRelay } from '../../src/relay/relay.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { stickyQueueScheduleToStartTimeout } from '../../src/worker/main.ts';
import { workflowBundle } from '../../src/worker/workflow-bundle.ts';
import { Mailbox } from './mailbox.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { createSeed, type Seed } from './seed.ts';
import { startDevServer, startTimeSkipping } from './temporal.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });

const log = pino({ level: process.env['IMAS_TEST_LOG'] ?? 'silent' });

export interface Alert {
  readonly name?: string;
  readonly fingerprint?: string;
  readonly severity?: Severity;
  /** Seconds since some beginning; a later one is a new occurrence. */
  readonly start?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly links?: AlertLinks;
}

export interface HouseOptions {
  readonly clock?: 'skipping' | 'real';
  readonly eventLimit?: number;
  readonly registry?: Registry;
  readonly egress?: Egress;
  /** Where incident documents are kept in Google Drive. */
  readonly googleDrive?: GoogleDriveSettings;
  /** Where people answer by mail. */
  readonly mailAnswers?: MailAnswerSettings;
  /** How many messages reach one person by themselves; as many as there are unless it says so. */
  readonly crowd?: CrowdLimits;
  /** A house that was left (`leave()`): its database and its mailbox live on here, with an empty Temporal. */
  readonly after?: LeftHouse;
}

export interface LeftHouse {
  readonly database: TestDatabase;
  readonly mailbox: Mailbox;
  readonly alertSourceId: string;
  readonly mailProviderId: string;
}

/** Everything between an alert and a mail, real but for the length of a wait: Postgres, Temporal, the worker, the relay, SMTP. */
export async function startHouse({
  clock = 'skipping',
  eventLimit,
  registry = createRegistry({ mail: null }),
  crowd = crowdLimits(0),
  googleDrive,
  egress = createEgress({ allow: ['127.0.0.0/8'] }),
  mailAnswers,
  after,
}: HouseOptions = {}) {
  const [database, environment, mailbox, bundle] = await Promise.all([
    after?.database ?? createTestDatabase({ poolSize: 20 }),
    clock === 'skipping' ? startTimeSkipping() : startDevServer(),
    after?.mailbox ?? Mailbox.start(),
    workflowBundle(),
  ]);
  const metrics = createMetrics();
  const parts = {
    config: {
      baseUrl: 'http://imas.test',
      answerActs: ['acknowledge', 'resolve'] as const,
      googleDrive: googleDrive ?? null,
      mailAnswers: mailAnswers ?? null,
    },
    database,
    registry,
    secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
    egress,
  };
  const sending = { ...parts, metrics, log };
  const deliver = createDeliver({ ...sending, crowd });
  const keepMessagesInStep = createKeepMessagesInStep(sending);
  const activities = createActivities({ ...parts, log, deliver, keepMessagesInStep, ...(eventLimit !== undefined && { eventLimit }) });
  const startWorker = () =>
    Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: bundle,
      activities,
      shutdownGraceTime: '2s',
      maxCachedWorkflows: 200,
      stickyQueueScheduleToStartTimeout,
    });
  let worker = await startWorker();
  let running = worker.run();
  const relay = startRelay({
    pool: database.pool,
    databaseUrl: database.url,
    client: environment.client,
    log,
    metrics,
    withSearchAttributes: clock === 'real',
  });
  const intake = createIntake({ database, log, metrics });
  const incidents = createIncidents({ database });
  const seed = createSeed(database.pool);
  const alertSourceId = after?.alertSourceId ?? (await seed.alertSource({ source: 'alertmanager' }));
  const mailProviderId = after?.mailProviderId ?? (await seed.provider({ name: 'Mail', type: 'SMTP', config: mailbox.providerConfig }));

  const house = {
    /** What an API over this house is made of, too. */
    parts: { ...sending, deliver },
    ...parts,
    metrics,
    database,
    environment,
    mailbox,
    seed,
    mailProviderId,
    incidents,
    intake,

    /** Somebody with a mail address `<name>@example.com`. They hear of what others take only where a test wants it: most count pages. */
    person: (name: string, more: Partial<Parameters<Seed['user']>[0]> = {}) =>
      seed.user({ username: name, name, email: `${name}@example.com`, tellWhenTaken: false, ...more }),

    /** An impact scope with these mail addresses. */
    async scope(name: string, emails: readonly string[]): Promise<{ id: string; name: string }> {
      const { rows } = await database.pool.query<{ id: string }>('insert into impact_scopes (name, emails) values ($1, $2) returning id', [
        name,
        emails,
      ]);
      return { id: rows[0]!.id, name };
    },

    async service(policy: PolicyDocument, more: Partial<Parameters<Seed['service']>[0]> = {}): Promise<string> {
      const policyId = await seed.policy({ name: `Policy ${crypto.randomUUID().slice(0, 8)}`, document: policy });
      return seed.service({ name: `service-${crypto.randomUUID().slice(0, 8)}`, policyId, ...more });
    },

    fire: (serviceId: string, alert: Alert = {}) => house.alert(serviceId, 'firing', alert),
    end: (serviceId: string, alert: Alert = {}) => house.alert(serviceId, 'resolved', alert),

    async alert(
      serviceId: string,
      status: 'firing' | 'resolved',
      { name = 'DiskFull', fingerprint = name, severity = 'SEV2_HIGH', start = 0, labels = {}, links = {} }: Alert,
    ): Promise<StoredAlert> {
      const startsAt = new Date(Date.UTC(2026, 0, 1) + start * 1000).toISOString();
      const [stored] = await submitAsSendersDo(intake, [
        {
          alertSourceId,
          receivedAtMs: Date.now(),
          routed: { serviceId, severity, ruleId: null, suppressed: false, matched: 'name' },
          event: {
            source: 'alertmanager',
            fingerprint: `${serviceId} ${fingerprint}`,
            status,
            startsAt,
            endsAt: status === 'resolved' ? new Date(Date.parse(startsAt) + 1).toISOString() : null,
            at: null,
            name,
            summary: `${name} is firing`,
            description: '',
            service: null,
            severity,
            labels,
            annotations: {},
            links,
            raw: {},
          },
        },
      ]);
      return stored as StoredAlert;
    },

    async command(
      incidentId: string,
      body: CommandBody,
      { by = 'Ann', userId = null, id = crypto.randomUUID() }: { by?: string; userId?: string | null; id?: string } = {},
    ): Promise<{ outcome: CommandResult['outcome']; message?: string }> {
      const actor: Actor = { type: 'user', id: userId, name: by, via: 'api' };
      const result = await incidents.command({ id, incidentId, actor, body, waitMs: 10_000 });
      return result.outcome === 'pending' ? result : { outcome: result.outcome, message: words(result.said) };
    },

    /** Lets time pass: at once, where the clock can be skipped. */
    wait: (duration: Parameters<TestWorkflowEnvironment['sleep']>[0]): Promise<void> => environment.sleep(duration),

    /** As the API explains it: from the stored state. */
    explain: async (incidentId: string): Promise<Explanation> => explain((await house.incident(incidentId))['state'] as IncidentState),

    async incident(incidentId: string): Promise<Record<string, unknown>> {
      const { rows } = await database.pool.query('select * from incidents where id = $1', [incidentId]);
      return rows[0] as Record<string, unknown>;
    },

    async timeline(incidentId: string): Promise<{ type: string; message: string; data: Record<string, unknown> }[]> {
      const { rows } = await database.pool.query<StoredSaid & { type: string; data: Record<string, unknown> }>(
        'select type, said, message, data from timeline_entries where incident_id = $1 order by sequence',
        [incidentId],
      );
      return rows.map(({ type, data, ...stored }) => ({ type, message: words(asSaid(storedSaid(stored))), data }));
    },

    /** Looks again until it is so; what it waits for comes by real work, never by a clock. */
    async until(what: string, holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
      const deadlineMs = Date.now() + withinMs;
      while (!(await holds())) {
        if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },

    untilStatus: (incidentId: string, status: string) =>
      house.until(`status ${status}`, async () => (await house.incident(incidentId))['status'] === status),
    untilSaid: (incidentId: string, type: string) =>
      house.until(`entry ${type}`, async () => (await house.timeline(incidentId)).some((entry) => entry.type === type)),

    /** Stops the worker; `startAgain` starts another. */
    async stopWorker(): Promise<() => Promise<void>> {
      worker.shutdown();
      await running;
      return async () => {
        worker = await startWorker();
        running = worker.run();
      };
    },

    history: (incidentId: string) => environment.client.workflow.getHandle(incidentWorkflowId(incidentId)).fetchHistory(),

    /** Stops all but the database and the mailbox, for a house `after` this one. */
    async leave(): Promise<LeftHouse> {
      await relay.stop();
      await intake.close();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await environment.teardown();
      return { database, mailbox, alertSourceId, mailProviderId };
    },

    async stop(): Promise<void> {
      await house.leave();
      await mailbox.stop();
      await database.close();
    },
  };
  return house;
}

/** A sender that is told 503 sends again: on a busy machine a test must too. */
async function submitAsSendersDo(intake: Intake, alerts: Parameters<Intake['submit']>[0]): Promise<readonly StoredAlert[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await intake.submit(alerts);
    } catch (error) {
      if (!(error instanceof IntakeUnavailable) || tries === 10) throw error;
    }
  }
}

export type House = Awaited<ReturnType<typeof startHouse>>;
