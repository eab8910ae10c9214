import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageAll } from '../../src/auditor/page-fallback.ts';
import { readIncidents } from '../../src/auditor/store.ts';
import { done, failedForNow } from '../../src/connectors/outcome.ts';
import { leaseMs } from '../../src/delivery/ledger.ts';
import { said } from '../../src/domain/said.ts';
import { createToy, partsFor, sentRef } from '../delivery/toy.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let openIncident: () => Promise<string>;
beforeAll(async () => {
  database = await createTestDatabase();
  const seed = createSeed(database.pool);
  const chief = await seed.user({ username: 'chief', name: 'Chief', email: 'chief@example.com' });
  await seed.provider({ name: 'Mail', type: 'SMTP', config: {} });
  const policyId = await seed.policy({
    name: 'Default',
    document: { levels: [], repeat: 0, fallback: [{ type: 'user', id: chief }], acknowledged_timeout_seconds: 0 },
  });
  const serviceId = await seed.service({ name: 'redis', policyId });
  openIncident = async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version)
       values (gen_random_uuid(), 'Redis', 'SEV2_HIGH', $1, 'person', $2, 1) returning id`,
      [serviceId, policyId],
    );
    return rows[0]!.id;
  };
});
afterAll(() => database.close());

const page = async (toy: ReturnType<typeof createToy>, incidentId: string) => {
  const { incidents } = await readIncidents(database.pool);
  const incident = incidents.find(({ id }) => id === incidentId)!;
  const parts = partsFor(database, toy.connector);
  return { reached: await pageAll(parts, [{ incident, fault: 'not_running' }]), metrics: await parts.metrics.text() };
};
const attemptsAt = async (incidentId: string) =>
  (await database.pool.query('select state, started_at, lease_until from deliveries where incident_id = $1 order by attempt', [incidentId]))
    .rows as { state: string; started_at: Date; lease_until: Date | null }[];

test('a page of which nobody knows whether it left stays unknown, counts as such, and is tried again', async () => {
  const incidentId = await openIncident();
  const toy = createToy();
  toy.answer = () => Promise.resolve(failedForNow(said('cause.providerSilent'), { maybeDone: true }));
  const first = await page(toy, incidentId);
  expect(first.reached).toBe(0);
  expect(first.metrics).toContain('imas_deliveries_total{provider_type="SMTP",result="unknown"} 1');
  toy.answer = () => Promise.resolve(done(sentRef));
  expect((await page(toy, incidentId)).reached).toBe(1);
  expect((await attemptsAt(incidentId)).map(({ state }) => state)).toEqual(['unknown', 'sent']);
  expect(new Set(toy.sent.map(({ actId }) => actId)).size).toBe(1);
});

test('a provider that takes its time keeps its lease, so that nobody sends the same page beside it', async () => {
  const incidentId = await openIncident();
  const toy = createToy();
  const answer = Promise.withResolvers<void>();
  toy.answer = () => answer.promise.then(() => done(sentRef));
  const slow = page(toy, incidentId);
  const extended = async () => {
    const [attempt] = await attemptsAt(incidentId);
    return attempt?.lease_until != null && attempt.lease_until.getTime() > attempt.started_at.getTime() + leaseMs + 1_000;
  };
  await expect.poll(extended, { timeout: leaseMs }).toBe(true);
  expect((await page(toy, incidentId)).reached).toBe(0);
  answer.resolve();
  expect((await slow).reached).toBe(1);
  expect(toy.sent).toHaveLength(1);
});
