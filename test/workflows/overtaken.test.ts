import { afterAll, beforeAll, expect, it } from 'vitest';
import { setAside, tellEnded } from '../../src/intake/redeliver/set-aside.ts';
import { parseGeneric } from '../../src/connectors/generic/parse.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';

/** What one part does while another is slow, or has lost what it was told. */
let house: House;
let policy: PolicyDocument;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  const ann = await house.person('ann');
  policy = {
    levels: [{ targets: [{ type: 'user', id: ann }], delay_seconds: 3600 }],
    repeat: 0,
    fallback: [{ type: 'user', id: ann }],
    acknowledged_timeout_seconds: 0,
  };
});
afterAll(() => house.stop());

const sql = async (text: string, values: unknown[] = []) =>
  (await house.database.pool.query(text, values)).rows as Record<string, unknown>[];
const untilThere = (what: string, text: string, values: unknown[] = []) =>
  house.until(what, async () => (await sql(text, values)).length > 0);
const untilNone = (what: string, text: string, values: unknown[] = []) =>
  house.until(what, async () => (await sql(text, values)).length === 0);
const untilTold = () => untilNone('Temporal has been told', 'select from outbox');

it('an alert that reopens counts though Temporal lost it, and a later change of the incident was taken up first', async () => {
  const service = await house.service(policy);
  const { incidentId } = await house.fire(service, { fingerprint: 'a' });
  const id = incidentId as string;
  await house.untilSaid(id, 'ALERT_SENT');
  await house.command(id, { kind: 'resolve' });
  const handle = house.environment.client.workflow.getHandle(incidentWorkflowId(id));
  await house.until('the run has ended', async () => (await handle.describe()).status.name === 'COMPLETED');

  const startWorker = await house.stopWorker();
  expect(await house.fire(service, { fingerprint: 'b' })).toEqual({ outcome: 'reopened', incidentId: id });
  await untilTold();
  await handle.terminate('Temporal loses the run, and the signal with it');
  await house.end(service, { fingerprint: 'a' });
  await untilTold();
  await startWorker();
  await house.untilStatus(id, 'TRIGGERED');
}, 60_000);

/** The last workflow task is lost, and done again. */
async function loseLastTask(incidentId: string): Promise<void> {
  const { client } = house.environment;
  const workflowId = incidentWorkflowId(incidentId);
  const run = client.workflow.getHandle(workflowId);
  const { events } = await run.fetchHistory();
  const last = events?.findLast((event) => event.workflowTaskCompletedEventAttributes != null)?.eventId;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId: (await run.describe()).runId },
    reason: 'the last task is lost',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: last ?? null,
  });
  await house.until('it is done again', async () => {
    const again = await client.workflow.getHandle(workflowId).fetchHistory();
    return (again.events ?? []).some(
      (event) => event.workflowTaskCompletedEventAttributes != null && Number(event.eventId) > Number(last ?? 0),
    );
  });
}

const timersOf = async (incidentId: string): Promise<number> =>
  ((await house.history(incidentId)).events ?? []).filter((event) => event.timerStartedEventAttributes != null).length;

/** Nobody is told, so that the end is decided, and settled, in one task; and that task is lost after it has written both. */
async function loseTheLastTask(whileEnding: (end: () => Promise<unknown>, id: string) => Promise<void>) {
  const service = await house.service({ levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 });
  const { incidentId } = await house.fire(service, { fingerprint: 'a' });
  const id = incidentId as string;
  await house.untilSaid(id, 'INCIDENT_OPENED');
  await whileEnding(() => house.end(service, { fingerprint: 'a' }), id);
  const hasEnded = async () =>
    (await house.environment.client.workflow.getHandle(incidentWorkflowId(id)).describe()).status.name === 'COMPLETED';
  await house.until('the run has ended', hasEnded);
  await loseLastTask(id);
  await house.until('the end is known again', hasEnded);
  const [{ status, firing } = {}] = await sql(`select status, state -> 'alerts' ->> 'firing' as firing from incidents where id = $1`, [id]);
  expect({ status, firing }).toEqual({ status: 'RESOLVED', firing: '0' });
  const timeline = await house.timeline(id);
  expect(timeline.filter(({ type }) => type === 'STATUS_CHANGED')).toHaveLength(1);
  expect(timeline.filter(({ message }) => message === 'Alert resolved by monitoring')).toHaveLength(1);
}

it(
  'what a workflow task wrote in two steps is decided again when the task is lost after the second',
  () => loseTheLastTask(async (end) => void (await end())),
  60_000,
);

it(
  'so it is when the store was away as the task first asked: no run is taken for late because it had to ask again',
  () =>
    loseTheLastTask(async (end, id) => {
      await sql('alter table timeline_entries rename to timeline_entries_away');
      try {
        await end();
        await house.until(
          'a timer until it asks again',
          async () => ((await house.history(id)).events ?? []).filter((event) => event.timerStartedEventAttributes != null).length > 1,
        );
      } finally {
        await sql('alter table timeline_entries_away rename to timeline_entries');
      }
    }),
  60_000,
);

it('a command that the second write of a lost task has answered is decided again', async () => {
  const service = await house.service({ levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 });
  await sql('alter table timeline_entries rename to timeline_entries_away');
  let id: string;
  try {
    id = (await house.fire(service, { fingerprint: 'a' })).incidentId as string;
    await house.until('it waits to ask the store again', async () => (await timersOf(id).catch(() => 0)) > 0);
    void house.command(id, { kind: 'comment', text: 'It was the disk' });
    await untilNone('the comment has been told', 'select from outbox where incident_id = $1', [id]);
  } finally {
    await sql('alter table timeline_entries_away rename to timeline_entries');
  }
  await house.untilSaid(id, 'COMMENT_ADDED');
  await loseLastTask(id);
  const runs = await sql(`select (state ->> 'run')::int as run from incidents where id = $1`, [id]);
  expect(runs).toEqual([{ run: 1 }]);
  await house.command(id, { kind: 'comment', text: 'It still is' });
  const timeline = await house.timeline(id);
  expect(timeline.map(({ message }) => message)).toEqual(expect.arrayContaining(['It was the disk', 'It still is']));
}, 60_000);

it('an alert counts whose flush commits while a redelivery tells the same incident of an end', async () => {
  const service = await house.service(policy);
  const { incidentId } = await house.fire(service, { fingerprint: 'a', name: 'Moved' });
  const id = incidentId as string;
  await house.untilSaid(id, 'ALERT_SENT');
  // A flush that is slow to commit: it has its number in the outbox, and nobody else sees it yet.
  await sql(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1.2); return null; end $$`);
  await sql(
    `create trigger slow after insert on outbox for each row when (new.payload ->> 'summary' = 'Moved is firing') execute function slow()`,
  );
  const [a] = await sql(`select id::text, fingerprint, outcome from alerts where incident_id = $1`, [id]);
  expect(await setAside(house.database.pool, a as never)).toBe(true);
  const flush = house.fire(service, { fingerprint: 'b', name: 'Moved' });
  await untilThere('the flush is under way', `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`);
  await tellEnded(house.database.pool, { incidentId: id, alertId: String(a?.['id']), summary: 'gone', severity: 'SEV2_HIGH' });
  expect((await flush).incidentId).toBe(id);
  await sql('drop trigger slow on outbox');
  await untilTold();
  await untilNone(
    'all is recorded',
    `select from told t join incidents i on i.id = t.incident_id where i.id = $1 and t.id > (i.state -> 'alerts' ->> 'version')::bigint`,
    [id],
  );
  expect(await house.incident(id)).toMatchObject({ status: 'TRIGGERED' });
}, 60_000);

it('the same alert that became worse pages again, though its source says when it began', async () => {
  const service = await house.service(policy);
  const [{ id: alertSourceId } = {}] = await sql('select id from alert_sources limit 1');
  const post = (body: object) => {
    const parsed = parseGeneric({ title: 'Disk', fingerprint: 'worse', starts_at: '2026-01-01T00:00:00Z', ...body });
    if (!parsed.ok) throw new Error(parsed.problem.reason);
    return house.intake.submit(
      parsed.alerts.map((event) => ({
        alertSourceId: alertSourceId as string,
        receivedAtMs: Date.now(),
        routed: { serviceId: service, severity: event.severity, ruleId: null, suppressed: false, matched: 'name' as const },
        event,
      })),
    );
  };
  const [first] = await post({ severity: 'low' });
  const id = first?.incidentId as string;
  await house.untilSaid(id, 'ALERT_SENT');
  await house.command(id, { kind: 'acknowledge' });
  await house.untilStatus(id, 'ACKNOWLEDGED');
  await post({ severity: 'critical' });
  await house.untilStatus(id, 'TRIGGERED');
  expect(await house.incident(id)).toMatchObject({ severity: 'SEV1_CRITICAL' });
}, 30_000);

it('no page leaves after an acknowledgement was answered, though the ledger was slow', async () => {
  const client = await house.database.pool.connect();
  try {
    await client.query('begin');
    await client.query('lock table deliveries in access exclusive mode');
    const { incidentId } = await house.fire(await house.service(policy), { name: 'Slow ledger' });
    const id = incidentId as string;
    await house.untilSaid(id, 'INCIDENT_OPENED');
    await untilThere(
      'the page waits for the ledger',
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from deliveries%' and datname = current_database()`,
    );
    expect((await house.command(id, { kind: 'acknowledge' })).outcome).toBe('applied');
    await client.query('commit');
    await house.untilSaid(id, 'DELIVERY_SKIPPED');
    expect(await sql('select state from deliveries where incident_id = $1', [id])).toEqual([{ state: 'skipped' }]);
    const { short_id: shortId } = await house.incident(id);
    expect(house.mailbox.to('ann@example.com').filter(({ subject }) => subject.includes(String(shortId)))).toEqual([]);
  } finally {
    client.release(true);
  }
}, 30_000);
