import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIncidents } from '../../src/auditor/store.ts';
import { audit } from '../../src/domain/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let serviceId: string;
let policyId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  const seed = createSeed(database.pool);
  policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  serviceId = await seed.service({ name: 'shop', policyId });
});
afterEach(() => database.close());

/** An open incident whose workflow wrote so long ago, with an alert that has waited for a minute and a half: longer than it may. */
async function faultOf(recordedSecondsAgo: number): Promise<string | undefined> {
  const id = randomUUID();
  await database.pool.query(
    `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version, created_at, recorded_at, state)
     values ($1, 'Storm', 'SEV2_HIGH', $2, 'alert', $3, 1, now() - interval '1 hour', now() - make_interval(secs => $4), '{}')`,
    [id, serviceId, policyId, recordedSecondsAgo],
  );
  await database.pool.query(
    `insert into outbox (incident_id, rank, kind, payload, created_at)
     values ($1, 18, 'alert', '{"kind": "firing", "severity": "SEV2_HIGH"}', now() - interval '90 seconds')`,
    [id],
  );
  const { nowMs, incidents } = await readIncidents(database.pool);
  const [incident] = incidents;
  return audit({ ...incident!, isRunning: true, isAttended: true }, nowMs, [])?.fault;
}

test('a workflow that is at work on a storm is not taken for one that does not answer', async () => {
  expect(await faultOf(2)).toBeUndefined();
});

test('one that writes nothing while alerts wait is', async () => {
  expect(await faultOf(120)).toBe('unanswered');
});
