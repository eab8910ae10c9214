import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CrowdLimits } from '../../src/delivery/crowd.ts';
import type { Deliver, Message } from '../../src/delivery/deliver.ts';
import { said } from '../../src/domain/said.ts';
import { severities, type Severity } from '../../src/domain/vocabulary.ts';
import type { FailPoint } from '../../src/observe/fail-point.ts';
import { Mailbox } from '../support/mailbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed, type Seed } from '../support/seed.ts';
import { pageOf, untilOver, workerOn, type Opened, type Orders, type Person } from './storm-worker.ts';

let database: TestDatabase;
let seed: Seed;
let mailbox: Mailbox;
let serviceId: string;
let policyId: string;
beforeAll(async () => {
  [database, mailbox] = await Promise.all([createTestDatabase({ poolSize: 20 }), Mailbox.start()]);
  seed = createSeed(database.pool);
  policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  serviceId = await seed.service({ name: 'shop', policyId });
});
afterAll(async () => {
  await mailbox.stop();
  await database.close();
});

let person: Person;
let address: string;
async function somebody(): Promise<Person> {
  const name = crypto.randomUUID();
  const providerId = await seed.provider({ name, type: 'SMTP', config: mailbox.providerConfig });
  const mail = `${name}@example.com`;
  return { providerId, userId: await seed.user({ username: name, email: mail }), address: mail };
}
beforeEach(async () => {
  person = await somebody();
  ({ address } = person);
});

/** All of a storm asks within it, on a busy machine too. */
const short: CrowdLimits = { messages: 10, windowMs: 6_000 };

const worker = (crowd = short): Deliver => workerOn(database.pool, crowd);
const page = (incident: Opened): Message => pageOf(database.pool, person, incident);

async function open(title: string, severity: Severity): Promise<Opened> {
  const { rows } = await database.pool.query<{ id: string; short_id: string }>(
    `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version, epoch)
     values (gen_random_uuid(), $1, $2, $3, 'person', $4, 1, 1) returning id, short_id`,
    [title, severity, serviceId, policyId],
  );
  return { id: rows[0]!.id, shortId: rows[0]!.short_id, severity };
}

const severityOf = (n: number): Severity => severities[(n * 7) % 4]!;
const openMany = (count: number, severity = severityOf): Promise<Opened[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => open(`Trouble ${n} of many`, severity(n))));

const ledger = async (incidents: readonly Opened[]) => {
  const { rows } = await database.pool.query<{ incident_id: string; state: string; digest: { id: string; incidents: number } | null }>(
    'select incident_id, state, digest from deliveries where incident_id = any($1) order by attempt',
    [incidents.map(({ id }) => id)],
  );
  return rows;
};

const waiting = async (): Promise<number> =>
  (await database.pool.query('select from waiting_messages where provider_id = $1', [person.providerId])).rowCount ?? 0;

test('a storm of 200 incidents reaches a person in few mails that name them all, the severest first', { timeout: 60_000 }, async () => {
  const incidents = await openMany(200);
  const deliver = worker();
  const results = await Promise.all(incidents.map((incident) => untilOver(deliver, page(incident))));
  expect(results.map(({ outcome }) => outcome)).toEqual(incidents.map(() => 'sent'));
  const mails = mailbox.to(address);
  const alone = mails.filter(({ subject }) => subject.startsWith('[INC-'));
  const digests = mails.filter((mail) => !alone.includes(mail));
  // Ten of any kind, ten of SEV1, and what came of the rest.
  expect(alone.length).toBeLessThanOrEqual(20);
  expect(digests.length).toBeLessThanOrEqual(2);
  const all = mails.map(({ text, subject }) => `${subject}\n${text}`).join('\n');
  expect(incidents.filter(({ shortId }) => !all.includes(shortId))).toEqual([]);
  const [digest] = digests.toSorted((a, b) => b.text.length - a.text.length);
  expect(digest!.subject).toMatch(/^SEV1 Critical · Trouble \d+ of many, and \d+ more incidents$/);
  const order = [...digest!.text.matchAll(/(SEV\d) \w+: /g)].map(([, severity]) => severity!);
  expect(order.length).toBeGreaterThan(150);
  expect(order).toEqual(order.toSorted());
  const rows = await ledger(incidents);
  expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(200);
  const together = rows.filter((row) => row.digest !== null);
  expect(together).toHaveLength(200 - alone.length);
  expect(results.filter((result) => result.outcome === 'sent' && result.together !== undefined)).toHaveLength(together.length);
  expect(await waiting()).toBe(0);
});

test('a page of SEV1 leaves at once, however many others wait', async () => {
  const others = await openMany(30, () => 'SEV3_MEDIUM');
  const deliver = worker({ messages: 3, windowMs: 3_600_000 });
  const outcomes = [];
  for (const incident of others) outcomes.push((await deliver(page(incident))).outcome);
  expect(outcomes.slice(0, 5)).toEqual(['sent', 'sent', 'sent', 'waiting', 'waiting']);
  expect(await deliver(page(await open('All is down', 'SEV1_CRITICAL')))).toMatchObject({ outcome: 'sent' });
  expect(mailbox.to(address).at(-1)!.subject).toContain('SEV1 Critical · All is down');
  expect(mailbox.to(address)).toHaveLength(4);
});

test('what was acknowledged before the digest leaves is not in it, and its row says why', { timeout: 20_000 }, async () => {
  const incidents = await openMany(6, () => 'SEV2_HIGH');
  const deliver = worker({ messages: 1, windowMs: 800 });
  for (const incident of incidents) await deliver(page(incident));
  expect(await waiting()).toBe(5);
  const taken = incidents[3]!;
  await database.pool.query(`update incidents set status = 'ACKNOWLEDGED', acknowledged_by = 'Bob' where id = $1`, [taken.id]);
  const results = await Promise.all(incidents.map((incident) => untilOver(deliver, page(incident))));
  const reason = said('cause.acknowledgedBy', { who: 'Bob' });
  expect(results[3]).toEqual({ outcome: 'skipped', reason, mayHaveReached: false });
  expect(results.filter(({ outcome }) => outcome === 'sent')).toHaveLength(5);
  expect((await ledger([taken])).map(({ state }) => state)).toEqual(['skipped']);
  const digest = mailbox.to(address)[1]!;
  expect(digest.text).not.toContain(taken.shortId);
  for (const other of incidents.slice(1).filter((incident) => incident !== taken)) expect(digest.text).toContain(other.shortId);
});

test('a provider that is down for a while loses none, and gets one mail when it is back', { timeout: 30_000 }, async () => {
  const incidents = await openMany(8, () => 'SEV2_HIGH');
  const deliver = worker({ messages: 2, windowMs: 500 });
  mailbox.refuse = (recipient) => (recipient === address ? '451 4.3.0 try later' : null);
  const first = await Promise.all(incidents.map((incident) => deliver(page(incident))));
  expect(first.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(2).fill('failed'), ...Array(6).fill('waiting')]);
  const failing = await untilOver(deliver, page(incidents[first.findIndex(({ outcome }) => outcome === 'waiting')]!));
  expect(failing).toMatchObject({ outcome: 'failed', failure: { permanent: false } });
  mailbox.refuse = () => null;
  const results = await Promise.all(incidents.map((incident) => untilOver(deliver, page(incident))));
  expect(results.every(({ outcome }) => outcome === 'sent')).toBe(true);
  expect(mailbox.to(address)).toHaveLength(3);
  expect(await waiting()).toBe(0);
});

/** A process that is killed at this point of its third message: two went by themselves, and the third is the digest. */
async function dieSending(who: Person, incidents: readonly Opened[], step: FailPoint): Promise<void> {
  const crowd = { messages: 2, windowMs: 4_000 };
  const orders: Orders = { databaseUrl: database.url, crowd, person: who, incidents, dies: { step, nth: 3 } };
  const file = fileURLToPath(new URL('storm-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(orders)], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

test.each([
  ['send-begun', 1],
  ['send-accepted', 2],
] as const)(
  'a worker that is killed at %s of a digest loses none: another sends it, under the same id',
  { timeout: 90_000 },
  async (step, times) => {
    const incidents = await openMany(30, () => 'SEV2_HIGH');
    await dieSending(person, incidents, step);
    expect((await ledger(incidents)).filter(({ state }) => state === 'sending')).toHaveLength(28);
    // The two leases end as they were begun: that of the digest before those of its messages.
    await database.pool.query('update digests set lease_until = now()');
    const deliver = worker({ messages: 2, windowMs: 4_000 });
    const results = await Promise.all(incidents.map((incident) => untilOver(deliver, page(incident))));
    expect(results.filter(({ outcome }) => outcome === 'sent')).toHaveLength(30);
    // Nobody can know whether it had left.
    expect(results.filter((result) => result.outcome === 'sent' && result.perhapsTwice)).toHaveLength(28);
    const mails = mailbox.to(address);
    const digests = mails.filter(({ subject }) => !subject.startsWith('[INC-'));
    expect([mails.length, digests.length]).toEqual([2 + times, times]);
    expect(new Set(digests.map(({ messageId }) => messageId)).size).toBe(1);
    const all = mails.map(({ text }) => text).join('\n');
    expect(incidents.filter(({ shortId }) => !all.includes(shortId))).toEqual([]);
    expect(await waiting()).toBe(0);
  },
);
