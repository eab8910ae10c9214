import { afterEach, beforeEach, expect, test } from 'vitest';
import { project } from '../../src/activities/project.ts';
import { decideNews } from '../../src/domain/incident/decide.ts';
import { newIncident, type IncidentState } from '../../src/domain/incident/state.ts';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import { readNews, toNews } from '../../src/incidents/news.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let incidentId: string;
let state: IncidentState;

beforeEach(async () => {
  database = await createTestDatabase();
  const seed = createSeed(database.pool);
  const document = { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 };
  const policyId = await seed.policy({ document });
  const serviceId = await seed.service({ name: 'redis', policyId });
  incidentId = crypto.randomUUID();
  const actor = { type: 'user', id: null, name: 'Ann', via: 'api' } as const;
  const facts = { title: 'Down', description: '', severity: 'SEV2_HIGH', impactScopeIds: [], assigneeId: null, actor } as const;
  const { shortId } = await createIncidents({ database }).open({ ...facts, id: incidentId, serviceId });
  state = newIncident({
    incidentId,
    shortId,
    title: 'Down',
    severity: 'SEV2_HIGH',
    service: { id: serviceId, name: 'redis' },
    assignee: null,
    openedAtMs: 0,
    autoResolve: { mode: 'off', quietSeconds: 0 },
    policy: { id: policyId, name: 'Policy', version: 1, document },
    targetNames: {},
  });
});
afterEach(() => database.close());

const acknowledge = (id: string) =>
  createIncidents({ database }).command({
    id,
    incidentId,
    actor: { type: 'user', id: null, name: 'Ann', via: 'api' },
    body: { kind: 'acknowledge' },
    waitMs: 0,
  });
const tellAlert = async (kind: 'firing' | 'resolved', alertId = 1): Promise<number> => {
  const payload = { kind, alertId: String(alertId), summary: 'Down', severity: 'SEV2_HIGH' };
  const { rows } = await database.pool.query<{ id: number }>(
    `insert into outbox (incident_id, rank, kind, payload) values ($1, 1, 'alert', $2) returning id::int`,
    [incidentId, JSON.stringify(payload)],
  );
  return rows[0]?.id as number;
};
const toldByRelay = () =>
  database.pool.query(
    `with gone as (delete from outbox where kind = 'alert' returning *)
     insert into told (incident_id, id, rank, payload, created_at) select incident_id, id, rank, payload, created_at from gone`,
  );
const news = (known: { alertsVersion: number; recordedBy: number; seen?: readonly string[] }) =>
  readNews(database.pool, { incidentId, seen: [], ...known });

/** What a run does with news, as its write number `recordedBy`. */
async function take(run: IncidentState, known: { alertsVersion: number; recordedBy: number }, recordedBy: number): Promise<IncidentState> {
  const { state: next, entries, results } = decideNews(run, await news(known), Date.now());
  await project(database.pool, {
    state: next,
    entries,
    results,
    dueAtMs: null,
    atMs: Date.now(),
    recordedBy,
    confirmed: known,
  });
  return next;
}

const nothingKnown = { alertsVersion: 0, recordedBy: 1_000_000 };

test('what was decided and recorded is news again to a run that does not know of it: no acknowledgement and no alert gets lost', async () => {
  await acknowledge('first');
  const version = await tellAlert('firing');
  await toldByRelay();
  const answered = async () => (await database.pool.query(`select outcome from commands where id = 'first'`)).rows[0]?.outcome;

  const first = await take(state, nothingKnown, 1_000_004);
  expect([first.status, first.alerts.version, await answered()]).toEqual(['ACKNOWLEDGED', version, 'applied']);
  // The workflow task is lost, and decided again from where it began.
  const again = await take(state, nothingKnown, 1_000_007);
  expect([again.status, again.alerts.version, again.seenCommands]).toEqual(['ACKNOWLEDGED', version, ['first']]);
  const { rows } = await database.pool.query(`select status, state ->> 'status' as inside from incidents`);
  expect(rows).toEqual([{ status: 'ACKNOWLEDGED', inside: 'ACKNOWLEDGED' }]);

  const known = { alertsVersion: version, recordedBy: 1_000_007 };
  expect(await news(known)).toEqual({ happenings: [], more: false });
  await take(again, known, 1_000_009);
  expect((await database.pool.query('select from told')).rowCount).toBe(0);
});

test('an alert is news whether or not the relay has moved it yet, once', async () => {
  const versions = [await tellAlert('firing')];
  await toldByRelay();
  versions.push(await tellAlert('resolved'));
  const { happenings } = await news(nothingKnown);
  expect(happenings).toMatchObject([{ type: 'alerts', alerts: { version: versions[1], fired: [versions[0]], ended: [versions[1]] } }]);
  expect(await news({ ...nothingKnown, alertsVersion: versions[0] as number })).toMatchObject({
    happenings: [{ alerts: { fired: [], ended: [versions[1]] } }],
  });
});

/** The alert of an outbox row as the intake would have stored it with the incident. */
async function storeAlert(id: number, labels: Readonly<Record<string, string>>): Promise<number> {
  await database.pool.query(
    `insert into alerts (id, integration_id, source, fingerprint, status, starts_at, name, summary, severity, service_id, incident_id, outcome, labels)
     select $1::bigint, gen_random_uuid(), 'alertmanager', $1::text, 'firing', now(), 'Down', 'Down', 'SEV2_HIGH', service_id, id, 'attached', $3
     from incidents where id = $2`,
    [id, incidentId, JSON.stringify(labels)],
  );
  return tellAlert('firing', id);
}

test('an alert is unlike the others where none before had its labels, the incident is acknowledged, and its service wants that told', async () => {
  const first = await storeAlert(1, { instance: 'a' });
  expect(await news(nothingKnown)).toMatchObject({ happenings: [{ alerts: { fired: [first] } }] });
  expect((await news(nothingKnown)).happenings[0]).not.toHaveProperty('alerts.unlike');
  await acknowledge('first');
  await storeAlert(2, { instance: 'a' });
  const other = await storeAlert(3, { instance: 'b' });
  await storeAlert(4, { instance: 'b' });
  expect((await news(nothingKnown)).happenings).toMatchObject([
    { alerts: { unlike: [first] } },
    { type: 'command' },
    { alerts: { unlike: [other] } },
  ]);
  await take(state, nothingKnown, 1_000_004);
  await toldByRelay();
  const known = { alertsVersion: other, recordedBy: 1_000_004 };
  expect((await news({ ...known, alertsVersion: first })).happenings).toMatchObject([{ alerts: { unlike: [other] } }]);
  const third = await storeAlert(5, { instance: 'c' });
  expect((await news(known)).happenings).toMatchObject([{ alerts: { unlike: [third] } }]);
  await database.pool.query('update services set notify_on_other_labels = false');
  expect((await news(known)).happenings[0]).not.toHaveProperty('alerts.unlike');
});

test('a command that a run knows is none to it, though the write that answered it is newer than what its history has', async () => {
  await acknowledge('first');
  await take(state, nothingKnown, 1_000_004);
  expect((await news(nothingKnown)).happenings).toMatchObject([{ type: 'command', command: { id: 'first' } }]);
  expect(await news({ ...nothingKnown, seen: ['first'] })).toEqual({ happenings: [], more: false });
});

test('nothing of another incident is news', async () => {
  await acknowledge('first');
  await tellAlert('firing');
  const other = { incidentId: crypto.randomUUID(), seen: [], ...nothingKnown };
  expect(await readNews(database.pool, other)).toEqual({ happenings: [], more: false });
});

test('a command keeps its place among the alerts', () => {
  const alert = (id: string, atMs: number) => ({
    id,
    atMs,
    change: { kind: 'firing' as const, alertId: id, summary: 'Down', severity: 'SEV2_HIGH' as const },
  });
  const command = (id: string, atMs: number) => ({
    id,
    atMs,
    owed: true,
    actor: { type: 'user', id: null, name: 'Ann', via: 'api' } as const,
    body: { kind: 'acknowledge' } as const,
  });
  const { happenings } = toNews({
    // The second waited for the first to be written, though it came before it.
    alerts: [alert('1', 10), alert('2', 20), alert('3', 15), alert('4', 30)],
    commands: [command('a', 5), command('b', 25), command('c', 40)],
    counts: { firing: 4, resolved: 0, worst: 'SEV2_HIGH' },
    unlike: ['4'],
  });
  expect(happenings.map((one) => (one.type === 'command' ? one.command.id : one.alerts.fired))).toEqual(['a', [1, 2, 3], 'b', [4], 'c']);
  expect(happenings.flatMap((one) => (one.type === 'command' ? [] : [one.alerts.unlike]))).toEqual([[], [4]]);
});

test('what was told after a command had not happened yet when it was given: an acknowledgement before the end is no refusal', () => {
  const change = (kind: 'firing' | 'resolved', severity: 'SEV1_CRITICAL' | 'SEV2_HIGH') => ({
    kind,
    alertId: 'x',
    summary: 'Down',
    severity,
  });
  const acknowledge = {
    id: 'ack',
    atMs: 20,
    owed: true,
    actor: { type: 'user', id: null, name: 'Ann', via: 'api' },
    body: { kind: 'acknowledge' },
  } as const;
  const standing = (alerts: Parameters<typeof toNews>[0]['alerts'], counts: Parameters<typeof toNews>[0]['counts']) =>
    toNews({ alerts, commands: [acknowledge], counts, unlike: null }).happenings.map((one) =>
      one.type === 'command' ? one.command.id : [one.alerts.firing, one.alerts.resolved, one.alerts.worst],
    );
  const second = { id: '1', atMs: 10, change: change('firing', 'SEV2_HIGH') };
  const ends = [
    { id: '2', atMs: 30, change: change('resolved', 'SEV1_CRITICAL') },
    { id: '3', atMs: 30, change: change('resolved', 'SEV2_HIGH') },
  ];
  expect(standing([second, ...ends], { firing: 0, resolved: 2, worst: null })).toEqual([[2, 0, 'SEV1_CRITICAL'], 'ack', [0, 2, null]]);
  const ended = { id: '1', atMs: 10, change: change('resolved', 'SEV2_HIGH') };
  const again = { id: '2', atMs: 30, change: change('firing', 'SEV2_HIGH') };
  expect(standing([ended, again], { firing: 1, resolved: 0, worst: 'SEV2_HIGH' })).toEqual([[0, 0, null], 'ack', [1, 0, 'SEV2_HIGH']]);
});
