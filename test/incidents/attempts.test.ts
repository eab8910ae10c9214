import { afterAll, beforeAll, expect, test } from 'vitest';
import { project, type Projection } from '../../src/activities/project.ts';
import { decideAll } from '../../src/domain/incident/decide.ts';
import { newIncident, type IncidentState } from '../../src/domain/incident/state.ts';
import type { Happening } from '../../src/domain/incident/happening.ts';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

/** Attempts at one workflow task, by workers that do not know of each other: they have one number. */
let database: TestDatabase;
let state: IncidentState;
const ann = { type: 'user', id: null, name: 'Ann', via: 'api' } as const;
const confirmed = { alertsVersion: 0, recordedBy: 1_000_000 };

beforeAll(async () => {
  database = await createTestDatabase();
  const seed = createSeed(database.pool);
  const document = { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 };
  const policyId = await seed.policy({ document });
  const serviceId = await seed.service({ name: 'redis', policyId });
  const incidentId = crypto.randomUUID();
  const facts = { title: 'Down', description: '', severity: 'SEV2_HIGH', impactScopeIds: [], assigneeId: null } as const;
  const { shortId } = await createIncidents({ database }).open({ ...facts, id: incidentId, serviceId, actor: ann });
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
afterAll(() => database.close());

const opened: Happening = { type: 'opened', setUp: { documentUrl: '/', hasRooms: false } };
const acknowledged: Happening = {
  type: 'command',
  command: { id: 'ack', actor: ann, acceptedAtMs: 0, body: { kind: 'acknowledge' } },
  asNow: true,
};

/** What an attempt writes that began at `taskMs` and knew of these. */
function write(happenings: readonly Happening[], taskMs: number | undefined): Promise<void> {
  const { state: next, entries, results } = decideAll(state, happenings, 0);
  const projection: Projection = { state: next, entries, results, dueAtMs: null, atMs: 0, recordedBy: 1_000_009, confirmed };
  return project(database.pool, { ...projection, ...(taskMs !== undefined && { taskMs }) });
}
const statusNow = async (): Promise<unknown> =>
  (await database.pool.query(`select status from incidents where id = $1`, [state.incidentId])).rows[0]?.status;
const acknowledgements = async (): Promise<number> =>
  (await database.pool.query(`select from timeline_entries where type = 'STATUS_CHANGED'`)).rowCount ?? 0;

test('the one that began later counts, though an earlier one writes after it: an acknowledgement stays', async () => {
  await write([opened], 1_000);
  await write([opened, acknowledged], 2_000);
  await expect(write([opened], 1_000)).rejects.toThrow('A later run of this incident has written already');
  expect([await statusNow(), await acknowledgements()]).toEqual(['ACKNOWLEDGED', 1]);
});

test('the same one may write again, and one of a version before, which does not say when it began', async () => {
  await write([opened, acknowledged], 2_000);
  await write([opened, acknowledged], undefined);
  expect([await statusNow(), await acknowledgements()]).toEqual(['ACKNOWLEDGED', 1]);
});

test('an answer that the one that counts knows nothing of is taken back: the command is news again', async () => {
  const answered = async (): Promise<unknown> =>
    (await database.pool.query(`select outcome, answered_by, finished_at from commands where id = 'ack'`)).rows;
  const open = [{ outcome: null, answered_by: null, finished_at: null }];
  await database.pool.query(`insert into commands (id, incident_id, kind, actor, payload) values ('ack', $1, 'acknowledge', $2, $3)`, [
    state.incidentId,
    JSON.stringify(ann),
    JSON.stringify({ kind: 'acknowledge' }),
  ]);
  await write([opened, acknowledged], 3_000);
  expect(await answered()).toEqual([{ outcome: 'applied', answered_by: '1000009', finished_at: expect.any(Date) }]);
  // The next attempt at the task could not ask for news, since the store was away again.
  await write([opened], 4_000);
  expect([await statusNow(), await answered()]).toEqual(['TRIGGERED', open]);
  await write([opened, acknowledged], 5_000);
  expect([await statusNow(), await answered()]).toEqual([
    'ACKNOWLEDGED',
    [{ outcome: 'applied', answered_by: '1000009', finished_at: expect.any(Date) }],
  ]);
});
