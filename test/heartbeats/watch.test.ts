import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistry } from '../../src/connectors/registry.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import { lookAtHeartbeats } from '../../src/intake/heartbeats/watch.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startReceiver, type Receiver } from '../intake-http/receiver.ts';

let receiver: Receiver;
beforeEach(async () => (receiver = await startReceiver()));
afterEach(() => receiver.close());

const log = pino({ level: 'silent' });

async function look(listeningSinceMs = 0): Promise<number> {
  const { database } = receiver;
  const metrics = createMetrics();
  const intake = createIntake({ database, log, metrics });
  const secrets = createSecretBox({ key: 'a key for tests only', oldKeys: [] });
  const incidents = { command: () => Promise.reject(new Error('no incident is told')) };
  const deps = { database, registry: createRegistry({ mail: null }), secrets, intake, incidents, metrics, log };
  const sent = await lookAtHeartbeats(deps, { listeningSinceMs, nowMs: Date.now() });
  await intake.close();
  return sent;
}

const startsAt = '2026-11-21T08:00:00Z';
async function beat(status: 'firing' | 'resolved' = 'firing', times = 1): Promise<void> {
  const labels = { alertname: 'Watchdog', severity: 'none', cluster: 'eu-1' };
  const alert = { status, labels, startsAt, ...(status === 'resolved' && { endsAt: new Date().toISOString() }) };
  for (let time = 0; time < times; time += 1) {
    expect((await receiver.post('alertmanager', JSON.stringify({ version: '4', status, alerts: [alert] }))).status).toBe(202);
  }
}
/** As if all that has happened until now had happened earlier. */
const pass = async (minutes: number) => {
  const ago = `${minutes} minutes`;
  await receiver.database.pool.query('update alert_sources set updated_at = updated_at - $1::interval', [ago]);
  await receiver.database.pool.query(
    `update alerts set first_received_at = first_received_at - $1::interval, last_received_at = last_received_at - $1::interval,
       starts_at = starts_at - $1::interval, ends_at = ends_at - $1::interval, end_received_at = end_received_at - $1::interval,
       told_start_at = case when name = 'Watchdog' then told_start_at else told_start_at - $1::interval end`,
    [ago],
  );
};
const incidents = async () =>
  (await receiver.database.pool.query('select title, severity from incidents order by created_at')).rows as {
    title: string;
    severity: string;
  }[];
const stoppedAlerts = async () =>
  (await receiver.database.pool.query(`select status, labels, outcome from alerts where name = 'WatchdogStopped' order by id`)).rows;

test('Watchdog pages nobody while it comes, once when it falls silent, and ends what it raised when it comes again', async () => {
  await beat('firing', 4);
  expect(await look()).toBe(0);
  expect(await incidents()).toEqual([]);

  await pass(11);
  expect(await look()).toBe(1);
  expect(await incidents()).toEqual([{ title: 'Watchdog has stopped: alerts may no longer arrive', severity: 'SEV1_CRITICAL' }]);
  expect(await stoppedAlerts()).toMatchObject([{ status: 'firing', labels: { cluster: 'eu-1' }, outcome: 'opened' }]);
  expect(await look()).toBe(0);

  await beat();
  expect(await look()).toBe(1);
  expect(await stoppedAlerts()).toMatchObject([{ status: 'resolved' }]);
  expect(await look()).toBe(0);

  await pass(400);
  expect(await look()).toBe(1);
  expect((await stoppedAlerts()).map(({ status }) => status as string)).toEqual(['resolved', 'firing']);
});

test('Watchdog that its source has ended is raised at the next look, and by two processes once', async () => {
  await beat('firing', 2);
  await beat('resolved');
  expect(await Promise.all([look(), look()])).toContain(1);
  expect(await stoppedAlerts()).toMatchObject([{ status: 'firing', outcome: 'opened' }]);
  expect(await receiver.count('incidents')).toBe(1);
});

test('Watchdog is not missed by a process that has only just begun to listen', async () => {
  await beat('firing', 4);
  await pass(60);
  expect(await look(Date.now())).toBe(0);
});

test('Watchdog that died while IMAS was away for a weekend is raised once, also over restarts, and when people have resolved it', async () => {
  await beat('firing', 4);
  await pass(62 * 60);
  expect(await look(Date.now() - 9 * 60_000)).toBe(0);
  expect(await look(Date.now() - 11 * 60_000)).toBe(1);
  expect(await stoppedAlerts()).toMatchObject([{ status: 'firing', outcome: 'opened' }]);
  await receiver.database.pool.query(`update incidents set status = 'RESOLVED', resolved_at = now()`);
  await pass(48 * 60);
  expect(await look()).toBe(0);
  expect(await receiver.count('incidents')).toBe(1);
});

test('Watchdog that its source ended and fires again, with the start it had, ends what was raised', async () => {
  await beat('firing', 4);
  await beat('resolved');
  expect(await look()).toBe(1);
  await beat();
  await pass(6);
  await beat();
  expect(await look()).toBe(1);
  expect(await stoppedAlerts()).toMatchObject([{ status: 'resolved' }]);
  await beat();
  expect(await look()).toBe(0);
  expect(await receiver.count('incidents')).toBe(1);
});

test('Watchdog is not missed by a source that was switched on only now', async () => {
  await beat('firing', 4);
  await pass(60);
  await receiver.database.pool.query('update alert_sources set is_active = true, updated_at = now()');
  expect(await look()).toBe(0);
  await receiver.database.pool.query(`update alert_sources set updated_at = now() - interval '11 minutes'`);
  expect(await look()).toBe(1);
});

test('a switched-off alert source has no heartbeat', async () => {
  await beat('firing', 4);
  await pass(60);
  await receiver.database.pool.query('update alert_sources set is_active = false');
  expect(await look()).toBe(0);
});
