import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { said } from '../../src/domain/said.ts';
import { readIncident } from '../../src/incidents/incident-now.ts';
import { whyUnwanted } from '../../src/incidents/why-unwanted.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let serviceId: string;
let policyId: string;
let ann: string;
let bob: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const seed = createSeed(database.pool);
  policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  serviceId = await seed.service({ name: 'redis', policyId });
  [ann, bob] = await Promise.all([seed.user({ username: 'ann', name: 'Ann' }), seed.user({ username: 'bob', name: 'Bob' })]);
});

afterAll(() => database.close());

async function incident(status: 'TRIGGERED' | 'ACKNOWLEDGED', pending: { kind: string; by: string; name: string } | null): Promise<string> {
  const id = randomUUID();
  await database.pool.query(
    `insert into incidents (id, title, severity, status, service_id, origin, policy_id, policy_version, assignee_id, epoch)
     values ($1, 'x', 'SEV2_HIGH', $2, $3, 'person', $4, 1, $5, 1)`,
    [id, status, serviceId, policyId, bob],
  );
  if (pending !== null) {
    await database.pool.query('insert into commands (id, incident_id, kind, actor, payload) values ($1, $2, $3, $4, $5)', [
      randomUUID(),
      id,
      pending.kind,
      JSON.stringify({ type: 'user', id: pending.by, name: pending.name, via: 'api' }),
      JSON.stringify({ kind: pending.kind }),
    ]);
  }
  return id;
}

const why = async (incidentId: string, forWhom: 'assignee' | 'holder') => {
  const now = await readIncident(database.pool, incidentId, 'http://imas.test');
  if (now === null) throw new Error('it is gone');
  const theirs = { key: 'k', userId: bob, name: 'Bob' };
  return forWhom === 'assignee'
    ? whyUnwanted({ for: 'assignee', ...theirs, by: 'Ann' }, now)
    : whyUnwanted({ for: 'holder', ...theirs, epoch: 1, count: 1, summary: 'x' }, now);
};

test('whoever it is given to is told no more of it once they have said that they take it, or anybody that it is over', async () => {
  expect(await why(await incident('TRIGGERED', null), 'assignee')).toBeNull();
  expect(await why(await incident('TRIGGERED', { kind: 'acknowledge', by: ann, name: 'Ann' }), 'assignee')).toBeNull();
  expect(await why(await incident('TRIGGERED', { kind: 'acknowledge', by: bob, name: 'Bob' }), 'assignee')).toEqual(
    said('cause.justTaken', { who: 'Bob' }),
  );
  expect(await why(await incident('TRIGGERED', { kind: 'resolve', by: ann, name: 'Ann' }), 'assignee')).toEqual(
    said('cause.justTaken', { who: 'Ann' }),
  );
});

test('whoever has it is told no more of what joins it once anybody has said that it is over', async () => {
  expect(await why(await incident('ACKNOWLEDGED', null), 'holder')).toBeNull();
  expect(await why(await incident('ACKNOWLEDGED', { kind: 'resolve', by: ann, name: 'Ann' }), 'holder')).toEqual(
    said('cause.justTaken', { who: 'Ann' }),
  );
});
