import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntake } from '../../src/intake/create-intake.ts';
import { IntakeUnavailable, type IncomingAlert, type Intake } from '../../src/intake/intake.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

const log = pino({ level: 'silent' });

let database: TestDatabase;
let intake: Intake;
let otherIntake: Intake;
let serviceId: string;
let alertSourceId: string;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 10 });
  intake = createIntake({ database, log, metrics: createMetrics() });
  otherIntake = createIntake({ database, log, metrics: createMetrics() });
  const seed = createSeed(database.pool);
  const policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  serviceId = await seed.service({ name: 'redis-prod', policyId });
  alertSourceId = await seed.alertSource({ source: 'alertmanager' });
});

afterAll(async () => {
  await database.close();
});

interface Told {
  readonly fingerprint: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: string;
}

const alertOf = ({ fingerprint, name, status, startsAt }: Told): IncomingAlert => ({
  alertSourceId,
  receivedAtMs: Date.now(),
  routed: { serviceId, severity: 'SEV2_HIGH', ruleId: null, suppressed: false, matched: 'name' },
  event: {
    source: 'alertmanager',
    fingerprint,
    status,
    startsAt,
    endsAt: status === 'resolved' ? new Date(Date.parse(startsAt) + 5_000).toISOString() : null,
    at: null,
    name,
    summary: `${name} on ${fingerprint}`,
    description: '',
    service: 'redis-prod',
    severity: 'SEV2_HIGH',
    labels: { alertname: name },
    annotations: {},
    links: {},
    raw: { fingerprint, status },
  },
});

const second = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();

describe('the alert store', () => {
  it('opens one incident for one alert and counts what comes again', async () => {
    const firing = alertOf({ fingerprint: 'once', name: 'Once', status: 'firing', startsAt: second(1) });
    const [first] = await intake.submit([firing]);
    const [again] = await intake.submit([firing]);
    expect(first).toMatchObject({ outcome: 'opened' });
    expect(again).toEqual({ outcome: 'known', incidentId: first?.incidentId });
    const { rows } = await database.pool.query('select title, status, severity, short_id from incidents where id = $1', [
      first?.incidentId,
    ]);
    expect(rows).toEqual([
      { title: 'Once on once', status: 'TRIGGERED', severity: 'SEV2_HIGH', short_id: expect.stringMatching(/^INC-[A-Z0-9]{6}$/) },
    ]);
    const alerts = await database.pool.query('select deliveries, status from alerts where incident_id = $1', [first?.incidentId]);
    expect(alerts.rows).toEqual([{ deliveries: 2, status: 'firing' }]);
    const outbox = await database.pool.query('select kind, payload from outbox where incident_id = $1', [first?.incidentId]);
    expect(outbox.rows).toEqual([{ kind: 'alert', payload: expect.objectContaining({ kind: 'firing', summary: 'Once on once' }) }]);
  });

  it('ends in the same state in whatever order, however often and through whichever process deliveries come', async () => {
    let run = 0;
    const told = fc.record({
      alert: fc.constantFrom('a', 'b', 'c'),
      occurrence: fc.nat({ max: 2 }),
      status: fc.constantFrom('firing' as const, 'resolved' as const),
    });
    const sequences = fc
      .array(told, { minLength: 1, maxLength: 8 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
          fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(sequences, async ([all, arrivals, processes]) => {
        run += 1;
        const prefix = `run ${run} `;
        const alerts = arrivals.map(({ alert, occurrence, status }) =>
          alertOf({
            fingerprint: prefix + alert,
            name: prefix + (alert === 'c' ? 'two' : 'one'),
            status,
            startsAt: second(occurrence * 10),
          }),
        );
        await Promise.all(alerts.map((alert, index) => (processes[index] === true ? intake : otherIntake).submit([alert])));

        const newest = new Map<string, { occurrence: number; status: string }>();
        for (const { alert, occurrence, status } of all) {
          const best = newest.get(alert);
          if (best === undefined || occurrence > best.occurrence || (occurrence === best.occurrence && status === 'resolved'))
            newest.set(alert, { occurrence, status });
        }
        const { rows } = await database.pool.query<{ fingerprint: string; status: string; incident_id: string | null; firing: number }>(
          `select distinct on (fingerprint) fingerprint, status, incident_id, (select count(*)::int from alerts o where o.fingerprint = a.fingerprint and o.status = 'firing') as firing
           from alerts a where starts_with(fingerprint, $1) order by fingerprint, starts_at desc`,
          [prefix],
        );
        expect(Object.fromEntries(rows.map((row) => [row.fingerprint.slice(prefix.length), row.status]))).toEqual(
          Object.fromEntries([...newest].map(([alert, { status }]) => [alert, status])),
        );
        for (const row of rows) {
          expect(row.firing).toBe(row.status === 'firing' ? 1 : 0);
          if (row.status === 'firing') expect(row.incident_id).not.toBeNull();
        }
        const groups = new Set(all.filter(({ status }) => status === 'firing').map(({ alert }) => (alert === 'c' ? 'two' : 'one')));
        const opened = await database.pool.query(`select 1 from incidents where starts_with(title, $1)`, [prefix]);
        expect(opened.rowCount).toBe(groups.size);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it.each([-15, 15])('opens and closes by a clock that is %i minutes off, and where some times are not told', async (minutes) => {
    const clock = (seconds: number): string => new Date(Date.now() + minutes * 60_000 + seconds * 1_000).toISOString();
    const base = alertOf({ fingerprint: `clock ${minutes}`, name: `Clock ${minutes}`, status: 'firing', startsAt: second(1) });
    const tell = async (status: 'firing' | 'resolved', times: { startsAt?: string; endsAt?: string; at?: string }, transition?: string) => {
      const event = { ...base.event, startsAt: null, endsAt: null, at: null, ...times, status, ...(transition && { transition }) };
      const [stored] = await intake.submit([{ ...base, receivedAtMs: Date.now(), event }]);
      return stored?.outcome;
    };
    const [first, second_, third] = [clock(0), clock(10), clock(20)];
    expect(await tell('firing', { at: first })).toBe('opened');
    expect(await tell('firing', { at: first })).toBe('known');
    expect(await tell('resolved', {})).toBe('resolved');
    expect(await tell('firing', { at: first }, 'Re-Triggered')).toBe('attached');
    expect(await tell('resolved', { at: first })).toBe('resolved');
    expect(await tell('firing', {})).toBe('attached');
    expect(await tell('resolved', { at: first })).toBe('resolved');
    expect(await tell('firing', { startsAt: second_ })).toBe('attached');
    expect(await tell('resolved', { startsAt: second_, endsAt: third })).toBe('resolved');
    expect(await tell('firing', { startsAt: second_ })).toBe('known');
    const { rows } = await database.pool.query<{ firing: number }>(
      `select count(*)::int as firing from alerts where fingerprint = $1 and status = 'firing'`,
      [`clock ${minutes}`],
    );
    expect(rows).toEqual([{ firing: 0 }]);
  });

  it('keeps the others when one of a batch cannot be stored', async () => {
    const good = alertOf({ fingerprint: 'good', name: 'Good', status: 'firing', startsAt: second(1) });
    const base = alertOf({ fingerprint: 'bad', name: 'Bad', status: 'firing', startsAt: second(1) });
    const bad = { ...base, routed: { ...base.routed, serviceId: crypto.randomUUID() } };
    const [a, b, c] = await Promise.allSettled([intake.submit([bad]), intake.submit([good]), intake.submit([bad])]);
    expect(b).toMatchObject({ status: 'fulfilled', value: [{ outcome: 'opened' }] });
    expect([a, c].map((result) => result?.status === 'rejected' && result.reason instanceof IntakeUnavailable)).toEqual([true, true]);
  });

  it('keeps the others when Postgres refuses one of a batch', async () => {
    const good = alertOf({ fingerprint: 'sound', name: 'Sound', status: 'firing', startsAt: second(1) });
    const base = alertOf({ fingerprint: 'unsound', name: 'Unsound', status: 'firing', startsAt: second(1) });
    const bad = { ...base, event: { ...base.event, summary: 'no text of Postgres holds a \0' } };
    const [a, b, c] = await Promise.allSettled([intake.submit([good]), intake.submit([bad]), intake.submit([good])]);
    expect([a, c]).toMatchObject([{ value: [{ outcome: 'opened' }] }, { value: [{ outcome: 'known' }] }]);
    expect(b.status === 'rejected' && b.reason instanceof IntakeUnavailable).toBe(true);
    const { rows } = await database.pool.query(`select fingerprint, deliveries from alerts where fingerprint in ('sound', 'unsound')`);
    expect(rows).toEqual([{ fingerprint: 'sound', deliveries: 2 }]);
  });

  it('groups as the service says from the next batch on, whatever it said before', async () => {
    const told = (name: string, n: number) => alertOf({ fingerprint: `grouped ${name}`, name, status: 'firing', startsAt: second(n) });
    const before = await intake.submit([told('GroupedA', 1), told('GroupedB', 1)]);
    expect(before[0]?.incidentId).not.toBe(before[1]?.incidentId);
    await database.pool.query(`update services set grouping = '{"by": "all"}' where id = $1`, [serviceId]);
    try {
      const after = await intake.submit([told('GroupedC', 2), told('GroupedD', 2)]);
      expect(after).toMatchObject([{ outcome: 'opened' }, { outcome: 'attached', incidentId: after[0]?.incidentId }]);
    } finally {
      await database.pool.query(`update services set grouping = '{"by": "alert_name"}' where id = $1`, [serviceId]);
    }
  });

  it('lets nobody delete a service or an incident that alerts name', async () => {
    const [stored] = await intake.submit([alertOf({ fingerprint: 'named', name: 'Named', status: 'firing', startsAt: second(1) })]);
    for (const [table, id] of [
      ['services', serviceId],
      ['incidents', stored?.incidentId],
    ]) {
      await expect(database.pool.query(`delete from ${table} where id = $1`, [id])).rejects.toMatchObject({
        code: '23503',
        table: 'alerts',
      });
    }
  });

  it('keeps the payload of each alert of a batch as it came, whatever is in it', async () => {
    const payloads = ['\u001e', 'a, b', '"quoted" \\ \n', '{}', 'Ünï 🔴'].map((text) => ({ text, inner: [text, null, 1.5] }));
    const alerts = payloads.map((raw, n) => {
      const base = alertOf({ fingerprint: `payload ${n}`, name: 'Payload', status: 'firing', startsAt: second(1) });
      return { ...base, event: { ...base.event, raw } };
    });
    await intake.submit(alerts);
    const { rows } = await database.pool.query<{ payload: unknown }>(
      `select payload from alert_deliveries d join alerts a on a.id = d.alert_id where starts_with(a.fingerprint, 'payload ') order by a.fingerprint`,
    );
    expect(rows.map(({ payload }) => payload)).toEqual(payloads);
  });

  it('gives every incident a short id of its own', async () => {
    const alerts = Array.from({ length: 500 }, (_, n) =>
      alertOf({ fingerprint: `many ${n}`, name: `Many ${n}`, status: 'firing', startsAt: second(1) }),
    );
    const stored = await intake.submit(alerts);
    expect(new Set(stored.map(({ incidentId }) => incidentId)).size).toBe(500);
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(distinct short_id)::int as n from incidents where starts_with(title, 'Many')`,
    );
    expect(rows[0]?.n).toBe(500);
  });
});
