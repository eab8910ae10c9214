import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditorPace } from '../../src/auditor/auditor.ts';
import { incidentWorkflowId, incidentWorkflowType, taskQueue } from '../../src/contract/names.ts';
import type { SendPage } from '../../src/contract/activities.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { startAuditorOf } from '../auditor/start-auditor.ts';
import { startHouse, type House } from '../support/house.ts';

/** What somebody does who reaches Temporal. Each must change nothing: the incident stays open, and people are paged on. */
let house: House;
let ann: string;
let bob: string;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  [ann, bob] = [await house.person('ann'), await house.person('bob')];
});
afterAll(() => house.stop());

const user = (id: string) => ({ type: 'user' as const, id });
const handleOf = (incident: string) => house.environment.client.workflow.getHandle(incidentWorkflowId(incident));
const annIs = () => ({ type: 'user', id: ann, name: 'ann', via: 'page' });

/** An incident of which Ann was paged; Bob is the next, after so many seconds. */
async function opened(nextAfterSeconds = 3600): Promise<{ incident: string; service: string }> {
  const levels = [user(ann), user(bob)].map((target, level) => ({
    targets: [target],
    delay_seconds: level === 0 ? nextAfterSeconds : 3600,
  }));
  const service = await house.service({ levels, repeat: 0, fallback: [user(bob)], acknowledged_timeout_seconds: 0 });
  const incident = (await house.fire(service, { severity: 'SEV2_HIGH', fingerprint: 'first' })).incidentId as string;
  await untilPaged(incident, 'ann');
  return { incident, service };
}

async function untilPaged(incident: string, who: string): Promise<void> {
  const { short_id: shortId } = await house.incident(incident);
  await house.until(
    `${who} is paged`,
    async () => house.mailbox.to(`${who}@example.com`).some(({ subject }) => subject.includes(String(shortId))),
    20_000,
  );
}

const statuses = async (incident: string) =>
  (await house.timeline(incident)).filter(({ type }) => type === 'STATUS_CHANGED').map(({ message }) => message);

/** What comes later is taken up: so the forged thing before it was too, and did nothing. */
async function expectUntouched(incident: string): Promise<void> {
  expect(await house.command(incident, { kind: 'comment', text: 'Still here' })).toEqual({ outcome: 'applied', message: 'Comment added' });
  expect(await house.incident(incident)).toMatchObject({
    status: 'TRIGGERED',
    severity: 'SEV2_HIGH',
    resolved_at: null,
    acknowledged_at: null,
  });
  expect(await statuses(incident)).toEqual([]);
}

describe('a forged signal', () => {
  it.each(['acknowledge', 'resolve', 'assign'])('that says Ann wants to %s', async (kind) => {
    const { incident } = await opened(3);
    const body = { kind, assignee: { id: bob, name: 'bob' } };
    await handleOf(incident).signal('command', { id: crypto.randomUUID(), actor: annIs(), acceptedAtMs: Date.now(), body });
    await expectUntouched(incident);
    expect(await house.incident(incident)).toMatchObject({ assignee_id: null });
    await untilPaged(incident, 'bob');
  });

  it('that repeats what Ann once asked for', async () => {
    const { incident } = await opened();
    const id = crypto.randomUUID();
    await house.command(incident, { kind: 'resolve' }, { id });
    await house.command(incident, { kind: 'reopen' });
    await handleOf(incident).signal('command', { id });
    await house.command(incident, { kind: 'comment', text: 'Still here' });
    expect(await house.incident(incident)).toMatchObject({ status: 'TRIGGERED' });
  });

  it('that says no alert fires any more, at a version beyond all', async () => {
    const { incident, service } = await opened();
    const version = Number.MAX_SAFE_INTEGER;
    const change = { version, kind: 'resolved', alertId: '1', summary: 'Fine', severity: 'SEV2_HIGH' };
    const forged = { version, firing: 0, resolved: 9, worst: null, fired: [], ended: [version], changes: [change] };
    await handleOf(incident).signal('alerts', forged);
    await handleOf(incident).signal('alerts', { ...forged, firing: 3, worst: 'SEV1_CRITICAL', fired: [version] });
    await expectUntouched(incident);
    await house.command(incident, { kind: 'acknowledge' });
    // It hears of alerts as before.
    await house.fire(service, { severity: 'SEV1_CRITICAL', fingerprint: 'worse' });
    await house.untilStatus(incident, 'TRIGGERED');
    await house.end(service, { fingerprint: 'worse' });
    await house.end(service, { fingerprint: 'first' });
    await house.untilStatus(incident, 'RESOLVED');
  });

  const json = (data: string, encoding = 'json/plain') => ({ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) });
  it.each([
    ['nothing', []],
    ['null', [json('null')]],
    ['a text', [json('"resolve"')]],
    ['half of a JSON', [json('{"id":')]],
    ['an encoding that nobody knows', [json('{}', 'binary/evil')]],
    ['a megabyte of it', [json(JSON.stringify({ id: 'x'.repeat(1_000_000) }))]],
    ['no payload that is one', [{}]],
  ])('with %s in it', async (_what, payloads) => {
    const { incident } = await opened(3);
    for (const signalName of ['command', 'alerts', 'look', 'unheard of', '__temporal_strange']) {
      await house.environment.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: incidentWorkflowId(incident) },
        signalName,
        input: { payloads },
        requestId: crypto.randomUUID(),
      });
    }
    await expectUntouched(incident);
    await untilPaged(incident, 'bob');
  });
});

const resolvedState = async (incident: string): Promise<IncidentState> => {
  const state = (await house.incident(incident))['state'] as IncidentState;
  const by = { type: 'user', id: ann, name: 'ann', via: 'page' } as const;
  return { ...state, status: 'RESOLVED', resolved: { by, atMs: Date.now() }, ladder: { ...state.ladder, dueAtMs: null }, run: 900 };
};

describe('a forged start', () => {
  const start = (workflowId: string, args: readonly unknown[], queue = taskQueue) =>
    house.environment.client.workflow.start(incidentWorkflowType, { workflowId, taskQueue: queue, args: [...args] });

  it('in place of the run, with a state that says it is over, as if it continued one', async () => {
    const { incident } = await opened(6);
    await handleOf(incident).terminate('forged');
    await start(incidentWorkflowId(incident), [{ incidentId: incident, carried: await resolvedState(incident), eventLimit: 0 }]);
    await expectUntouched(incident);
    await untilPaged(incident, 'bob');
  });

  it('of another incident under the id of this one', async () => {
    const [{ incident }, other] = [await opened(6), await opened()];
    await handleOf(incident).terminate('forged');
    await house.command(other.incident, { kind: 'resolve' });
    await start(incidentWorkflowId(incident), [{ incidentId: other.incident }]);
    await expectUntouched(incident);
    await untilPaged(incident, 'bob');
    expect(await house.incident(other.incident)).toMatchObject({ status: 'RESOLVED' });
  });

  it.each(['not decodable', 'nothing'])('with an input that is %s', async (what) => {
    const { incident } = await opened(6);
    await handleOf(incident).terminate('forged');
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"carried":') };
    await house.environment.client.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: incidentWorkflowId(incident),
      workflowType: { name: incidentWorkflowType },
      taskQueue: { name: taskQueue },
      input: { payloads: what === 'nothing' ? [] : [payload] },
      memo: { fields: { odd: payload } },
      requestId: crypto.randomUUID(),
    });
    await expectUntouched(incident);
    await untilPaged(incident, 'bob');
  });

  it.each(['incident/UPPER', 'incident/{braces}', 'incident/again', 'other'])(
    'of a second workflow, %s, for the same incident',
    async (id) => {
      const { incident } = await opened(3);
      const workflowId = id
        .replace('UPPER', incident.toUpperCase())
        .replace('braces', incident)
        .replace(/again$/, `${incident}/2`)
        .replace(/^other$/, `other/${incident}`);
      const handle = await start(workflowId, [{ incidentId: incident, carried: await resolvedState(incident) }]);
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UnknownIncident' } });
      expect((await handleOf(incident).describe()).status.name).toBe('RUNNING');
      await expectUntouched(incident);
      await untilPaged(incident, 'bob');
    },
  );

  it('of an incident that nobody opened', async () => {
    const handle = await start(incidentWorkflowId(crypto.randomUUID()), [{ incidentId: crypto.randomUUID() }]);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UnknownIncident' } });
  });

  it('where no worker is, so that the incident cannot start: the auditor makes room', async () => {
    const { incident } = await opened(6);
    const { limits } = auditorPace;
    const auditor = startAuditorOf(house, { everyMs: 600, limits: { ...limits, graceMs: 2_000, helpMs: 60_000, orderMs: 1_000 } });
    try {
      await handleOf(incident).terminate('forged');
      const squatter = await start(incidentWorkflowId(incident), [{ incidentId: incident }], 'nowhere');
      await untilPaged(incident, 'bob');
      await expect(squatter.result()).rejects.toThrow();
    } finally {
      await auditor.stop();
    }
  });
});

describe('a forged run under the id of an incident', () => {
  interface Asked extends SendPage {
    readonly queue: string;
  }

  /** What the incident's own run asked for, as its history tells everybody. */
  async function askedFor(incident: string): Promise<Asked> {
    const { events } = await handleOf(incident).fetchHistory();
    const asked = events?.find(
      ({ activityTaskScheduledEventAttributes: what }) => what?.activityType?.name === 'sendPage',
    )?.activityTaskScheduledEventAttributes;
    return {
      ...defaultPayloadConverter.fromPayload<SendPage>(asked?.input?.payloads?.[0] ?? {}),
      queue: asked?.taskQueue?.name ?? taskQueue,
    };
  }

  /** The failure's type, or `done`. */
  async function outcomeOf(incident: string, { queue, ...request }: Asked): Promise<string> {
    const { client } = house.environment;
    const mine = `mine-${crypto.randomUUID()}`;
    const workflowId = incidentWorkflowId(incident);
    await client.workflow.start(incidentWorkflowType, { workflowId, taskQueue: mine, args: [{}] });
    const { workflowService } = client;
    const poll = () =>
      client.withDeadline(Date.now() + 20_000, () =>
        workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: mine }, identity: 'eve' }),
      );
    const { taskToken } = await poll();
    const seconds = (n: number) => ({ seconds: n as never });
    const scheduleActivityTaskCommandAttributes = {
      activityId: '1',
      activityType: { name: 'sendPage' },
      taskQueue: { name: queue },
      input: { payloads: [defaultPayloadConverter.toPayload(request)] },
      scheduleToCloseTimeout: seconds(30),
      startToCloseTimeout: seconds(20),
      heartbeatTimeout: seconds(20),
      retryPolicy: { maximumAttempts: 1 },
    };
    // COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK
    const commands = [{ commandType: 1, scheduleActivityTaskCommandAttributes }];
    await workflowService.respondWorkflowTaskCompleted({ namespace: 'default', taskToken, identity: 'eve', commands: commands as never });
    const { history } = await poll();
    await client.workflow.getHandle(workflowId).terminate('forged');
    const failed = history?.events?.find((event) => event.activityTaskFailedEventAttributes != null)?.activityTaskFailedEventAttributes;
    return failed?.failure?.applicationFailureInfo?.type ?? 'done';
  }

  it('sends nobody anything but what we planned', async () => {
    const { incident } = await opened();
    const asked = await askedFor(incident);
    await handleOf(incident).terminate('forged');
    const { page } = asked;
    const toMallory = { ...page.way, address: 'mallory@example.com' };
    const { proof: _, ...withoutProof } = page.way;
    const later = page.id.replace('.l0.', '.l1.');
    expect(later).not.toBe(page.id);
    const forged: readonly Partial<SendPage>[] = [
      { page: { ...page, way: toMallory } },
      { page: { ...page, way: withoutProof } },
      { deliveryId: `${incident}/${later}` },
      { deliveryId: `${incident}/${later}`, page: { ...page, id: later, recipientId: page.recipientId.replace('.l0.', '.l1.') } },
    ];
    for (const more of forged) expect(await outcomeOf(incident, { ...asked, ...more })).toBe('NotAllowed');
    // What was sent is sent: it is the house's own page, told to the ledger once.
    expect(await outcomeOf(incident, asked)).toBe('done');
    expect(house.mailbox.to('mallory@example.com')).toEqual([]);
    const { short_id: shortId } = await house.incident(incident);
    expect(house.mailbox.to('ann@example.com').filter(({ subject }) => subject.includes(String(shortId)))).toHaveLength(1);
  });

  it('of a page that a version before planned, for a day after the upgrade', async () => {
    const { incident } = await opened();
    const asked = await askedFor(incident);
    await handleOf(incident).terminate('forged');
    const { proof: _, ...withoutProof } = asked.page.way;
    const before = { ...asked, page: { ...asked.page, way: withoutProof } };
    const upgraded = (ago: string) =>
      house.database.pool.query(
        `update mikro_orm_migrations set executed_at = case name when 'Migration20261128060000' then now() - $1::interval else now() - interval '1 year' end`,
        [ago],
      );
    await upgraded('2 hours');
    expect(await outcomeOf(incident, before)).toBe('done');
    await upgraded('2 days');
    expect(await outcomeOf(incident, before)).toBe('NotAllowed');
  });
});

describe('a forged activity', () => {
  /** Temporal lets everybody start one, without any workflow. */
  async function outcomeOf(name: string, request: unknown): Promise<string> {
    const { workflowService } = house.environment.client;
    const activityId = crypto.randomUUID();
    await workflowService.startActivityExecution({
      namespace: 'default',
      activityId,
      activityType: { name },
      taskQueue: { name: taskQueue },
      startToCloseTimeout: { seconds: 10 as never },
      scheduleToCloseTimeout: { seconds: 20 as never },
      input: { payloads: [defaultPayloadConverter.toPayload(request)] },
      requestId: crypto.randomUUID(),
    });
    const { outcome } = await workflowService.pollActivityExecution({ namespace: 'default', activityId });
    return outcome?.failure?.applicationFailureInfo?.type ?? 'done';
  }

  it.each(['record', 'takeNews', 'loadIncident', 'sendPage', 'openWarRoom'])('%s', async (name) => {
    const { incident } = await opened(3);
    const state = await resolvedState(incident);
    const [page] = state.pages;
    const request = {
      incidentId: incident,
      page: { ...page, id: 'forged', way: { ...page?.way, address: 'mallory@example.com' } },
      deliveryId: `${incident}/e1.r0.l1.user:${bob}.0`,
      state,
      entries: [],
      results: [],
      plans: [],
      dueAtMs: null,
      atMs: Date.now(),
      recordedBy: 900_000_000,
      confirmed: { recordedBy: 0, alertsVersion: Number.MAX_SAFE_INTEGER },
    };
    expect(await outcomeOf(name, request)).toBe('NotAllowed');
    await expectUntouched(incident);
    await untilPaged(incident, 'bob');
    expect(house.mailbox.to('mallory@example.com')).toEqual([]);
  });
});
