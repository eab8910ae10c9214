import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retentionLock } from '../../src/contract/locks.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { decideKept, type MetAlert } from '../../src/retention/kept.ts';
import { retainOnce, startRetention } from '../../src/retention/retention.ts';
import type { RetentionSettings } from '../../src/retention/settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

const forEver: RetentionSettings = {
  bodiesDays: null,
  alertsDays: null,
  deliveriesDays: null,
  incidentsDays: null,
  bodyBytesPerSource: null,
  alertsPerSource: null,
};

let database: TestDatabase;
let metrics: Metrics;
let serviceId: string;
let policyId: string;
let sourceId: string;
let lastAlertId = 0;
beforeEach(async () => {
  database = await createTestDatabase();
  metrics = createMetrics();
  const seed = createSeed(database.pool);
  policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  serviceId = await seed.service({ name: 'redis', policyId, reopenWindowSeconds: 40 * 24 * 3600 });
  sourceId = await seed.alertSource({ source: 'generic' });
});
afterEach(() => database.close());

const retain = (settings: Partial<RetentionSettings>, signal?: AbortSignal): Promise<boolean> =>
  retainOnce(
    { pool: database.pool, settings: { ...forEver, ...settings }, metrics, log: pino({ level: 'silent' }) },
    { restMs: 0, passEveryMs: 60_000, ...(signal && { signal }) },
  );

async function incident(resolvedDaysAgo: number | null): Promise<string> {
  const id = randomUUID();
  await database.pool.query(
    `insert into incidents (id, title, severity, status, service_id, origin, policy_id, policy_version, resolved_at)
     values ($1, 'x', 'SEV3_MEDIUM', case when $3::int is null then 'TRIGGERED' else 'RESOLVED' end, $2, 'alert', $4, 1, now() - make_interval(days => $3))`,
    [id, serviceId, resolvedDaysAgo, policyId],
  );
  return id;
}

async function alert(
  daysAgo: number,
  { of = null, bytes = 10, source = sourceId }: { of?: string | null; bytes?: number; source?: string } = {},
) {
  lastAlertId += 1;
  await database.pool.query(
    `with added as (insert into alerts (id, integration_id, source, fingerprint, status, starts_at, last_event_at, name, summary, severity, service_id,
       incident_id, outcome, first_received_at, last_received_at)
     values ($1::bigint, $2, 'generic', $1::bigint::text, 'resolved', now(), now(), 'x', 'x', 'SEV3_MEDIUM', $3, $4, 'opened', now() - make_interval(days => $5::int), now() - make_interval(days => $5::int)))
     insert into alert_deliveries (id, alert_id, status, received_at, payload)
     select gen_random_uuid(), $1::bigint, 'firing', now() - make_interval(days => $5::int), json_build_object('text', (select string_agg(md5(n::text || $1::bigint::text), '') from generate_series(1, $6::int / 32 + 1) n))`,
    [lastAlertId, source, serviceId, of, daysAgo, bytes],
  );
  return String(lastAlertId);
}

const kept = async (): Promise<Record<string, boolean>> => {
  const { rows } = await database.pool.query<{ id: string; whole: boolean }>(
    'select a.id::text, d.payload is not null as whole from alerts a join alert_deliveries d on d.alert_id = a.id order by a.id',
  );
  return Object.fromEntries(rows.map(({ id, whole }) => [id, whole]));
};
const count = async (table: string): Promise<number> =>
  (await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? 0;

test('turns of providers that are past are not kept, whatever else is', async () => {
  const providerId = await createSeed(database.pool).provider({ name: 'SMS', type: 'SMTP', config: {} });
  await database.pool.query(
    `insert into pacing (provider_id, address, next_free_at) values ($1, 'past', now() - interval '2 hours'), ($1, 'now', now())`,
    [providerId],
  );
  expect(await retain({})).toBe(true);
  expect((await database.pool.query('select address from pacing')).rows).toEqual([{ address: 'now' }]);
});

describe('by age', () => {
  test('bodies go before alerts; what an open incident, or one that may be reopened, stands on stays', async () => {
    const [open, reopenable, over] = [await incident(null), await incident(39), await incident(41)];
    const [young, old, ancient] = [await alert(5), await alert(50), await alert(500)];
    const [ofOpen, ofReopenable, ofOver] = [
      await alert(500, { of: open }),
      await alert(500, { of: reopenable }),
      await alert(500, { of: over }),
    ];
    expect(await retain({ bodiesDays: 30, alertsDays: 400 })).toBe(true);
    expect(await kept()).toEqual({ [young]: true, [old]: false, [ofOpen]: true, [ofReopenable]: true });
    expect(await count('alert_deliveries')).toBe(4);
    const told = await metrics.text();
    expect(told).toContain('imas_retention_deleted_total{kind="alerts"} 2');
    expect(told).toContain('imas_retention_deleted_total{kind="bodies"} 1');
    expect([ancient, ofOver]).toHaveLength(2);
  });

  test('without settings everything is kept', async () => {
    await alert(5_000);
    await incident(5_000);
    await retain({});
    expect([await count('alerts'), await count('incidents')]).toEqual([1, 1]);
  });

  test('the ledger goes by its own age, but for what an open incident did', async () => {
    const [open, over] = [await incident(null), await incident(300)];
    await database.pool.query(
      `insert into deliveries (delivery_id, attempt, incident_id, provider_type, purpose, state, started_at)
       select i::text || days, 1, i, 'SMTP', 'page', 'sent', now() - make_interval(days => days)
       from unnest($1::uuid[]) i, unnest(array[10, 500]) days
       union all select 'test', 1, null, 'SMTP', 'test', 'sent', now() - interval '500 days'`,
      [[open, over]],
    );
    await retain({ deliveriesDays: 400 });
    const { rows } = await database.pool.query('select incident_id from deliveries order by started_at, incident_id <> $1', [open]);
    expect(rows.map((row) => (row.incident_id === open ? 'open' : 'over'))).toEqual(['open', 'open', 'over']);
  });

  test('resolved incidents go with all that is theirs, when that is asked for; an open one, and one with something to tell, never', async () => {
    const [open, young, old, busy] = [await incident(null), await incident(50), await incident(500), await incident(500)];
    await alert(1, { of: old });
    await database.pool.query(`insert into timeline_entries values ($1, 1, now(), 'x', 'x', '{}')`, [old]);
    await database.pool.query(`insert into outbox (incident_id, rank, kind, payload) values ($1, 1, 'command', '{}')`, [busy]);
    await retain({ incidentsDays: 400 });
    const { rows } = await database.pool.query<{ id: string }>('select id from incidents');
    expect(rows.map(({ id }) => id).toSorted()).toEqual([open, young, busy].toSorted());
    expect([await count('timeline_entries'), await count('alerts'), await count('alert_deliveries')]).toEqual([0, 0, 0]);
  });
});

describe('by sender', () => {
  test('the newest bodies stay, of an open incident too, and another sender loses nothing', async () => {
    const open = await incident(null);
    const other = await createSeed(database.pool).alertSource({ source: 'grafana' });
    const ids = [];
    for (let n = 0; n < 10; n += 1) ids.push(await alert(0, { of: open, bytes: 100_000 }));
    const others = await alert(0, { source: other, bytes: 100_000 });
    await retain({ bodyBytesPerSource: 350_000 });
    const whole = Object.entries(await kept()).filter(([, isWhole]) => isWhole);
    expect(whole.map(([id]) => id)).toEqual([...ids.slice(-3), others]);
    expect(await count('alerts')).toBe(11);
  });

  test('the newest alerts stay, and what was heard of today', async () => {
    const ids = [];
    for (let n = 0; n < 6; n += 1) ids.push(await alert(6 - n));
    const today = [await alert(0), await alert(0)];
    await retain({ alertsPerSource: 3 });
    expect(Object.keys(await kept())).toEqual([...ids.slice(-1), ...today]);
  });
});

describe('the job', () => {
  test('goes on where it was stopped, with what was counted until then', async () => {
    await database.pool.query(
      `insert into alerts (id, integration_id, source, fingerprint, status, starts_at, last_event_at, name, summary, severity, service_id, outcome, last_received_at)
       select n, $1, 'generic', n::text, 'resolved', now(), now(), 'x', 'x', 'SEV3_MEDIUM', $2, 'opened', now() - interval '3 days' from generate_series(1, 1200) n`,
      [sourceId, serviceId],
    );
    const stop = new AbortController();
    stop.abort();
    expect(await retain({ alertsPerSource: 600 }, stop.signal)).toBe(false);
    expect(await count('alerts')).toBe(1_200);
    expect(await retain({ alertsPerSource: 600 })).toBe(true);
    const { rows } = await database.pool.query('select min(id)::int as oldest, count(*)::int as n from alerts');
    expect(rows).toEqual([{ oldest: 601, n: 600 }]);
  });

  test('is one process’s at a time', async () => {
    await alert(500);
    const other = await database.pool.connect();
    await other.query('select pg_advisory_lock($1)', [retentionLock]);
    expect(await retain({ alertsDays: 400 })).toBe(false);
    expect(await count('alerts')).toBe(1);
    await other.query('select pg_advisory_unlock($1)', [retentionLock]);
    other.release();
    const running = startRetention({
      pool: database.pool,
      settings: { ...forEver, alertsDays: 400 },
      metrics,
      log: pino({ level: 'silent' }),
    });
    await expect.poll(() => count('alerts'), { timeout: 10_000 }).toBe(0);
    await running.stop();
  });
});

test('what is decided in steps is what would be decided at once', () => {
  const met: MetAlert[] = Array.from({ length: 50 }, (_, n) => ({
    id: String(100 - n),
    sourceId: n % 3 === 0 ? 'a' : 'b',
    ageDays: n,
    inUse: n % 7 === 0,
    bodyBytes: (n * 37) % 100,
  }));
  const settings = { ...forEver, alertsPerSource: 10, bodyBytesPerSource: 400, alertsDays: 40 };
  const whole = decideKept(met, {}, settings);
  const first = decideKept(met.slice(0, 20), {}, settings);
  const second = decideKept(met.slice(20), first.totals, settings);
  expect([...first.alerts, ...second.alerts]).toEqual(whole.alerts);
  expect([...first.bodies, ...second.bodies]).toEqual(whole.bodies);
  expect(second.totals).toEqual(whole.totals);
});

test('a link and a reply address are deleted a month after they expired, whatever is kept', async () => {
  const userId = await createSeed(database.pool).user({ username: 'ann' });
  const incidentId = await incident(null);
  for (const daysAgo of [-1, 29, 31]) {
    const values = [`hash ${daysAgo}`, incidentId, userId, daysAgo];
    const expiry = 'now() - make_interval(days => $4::int)';
    await database.pool.query(
      `insert into answer_links (token_hash, incident_id, user_id, act, epoch, expires_at) values ($1, $2, $3, 'acknowledge', 1, ${expiry})`,
      values,
    );
    await database.pool.query(
      `insert into reply_addresses (token_hash, incident_id, user_id, address_hash, epoch, expires_at) values ($1, $2, $3, 'x', 1, ${expiry})`,
      values,
    );
  }
  await retain({});
  for (const table of ['answer_links', 'reply_addresses']) {
    const { rows } = await database.pool.query<{ token_hash: string }>(`select token_hash from ${table} order by expires_at desc`);
    expect(rows.map(({ token_hash: hash }) => hash)).toEqual(['hash -1', 'hash 29']);
  }
});
