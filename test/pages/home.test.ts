import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startApi, type Api } from '../api/harness.ts';
import { createSeed, type Seed } from '../support/seed.ts';

describe('figures of the home page', () => {
  let api: Api;
  let seed: Seed;
  let serviceId: string;
  beforeAll(async () => {
    api = await startApi({ secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }) });
    seed = createSeed(api.database.pool);
    serviceId = await seed.service({ name: 'redis-prod', policyId: api.policyId });
    await incident({ severity: 'SEV1_CRITICAL', minutesAgo: 90 });
    await incident({ severity: 'SEV2_HIGH', minutesAgo: 30, acknowledgedAfter: 120 });
    await incident({ severity: 'SEV2_HIGH', minutesAgo: 40, acknowledgedAfter: 60, resolvedAfter: 600 });
    await incident({ severity: 'SEV4_LOW', minutesAgo: 60 * 24 * 40, acknowledgedAfter: 1, resolvedAfter: 1 });
  });
  afterAll(() => api.close());

  async function incident({
    severity,
    minutesAgo,
    acknowledgedAfter,
    resolvedAfter,
  }: {
    severity: string;
    minutesAgo: number;
    acknowledgedAfter?: number;
    resolvedAfter?: number;
  }): Promise<void> {
    const status = resolvedAfter !== undefined ? 'RESOLVED' : acknowledgedAfter !== undefined ? 'ACKNOWLEDGED' : 'TRIGGERED';
    await api.database.pool.query(
      `with opened as (select now() - make_interval(mins => $3) as at)
       insert into incidents (id, title, severity, status, service_id, origin, policy_id, policy_version, created_at, acknowledged_at, resolved_at)
       select gen_random_uuid(), 'T', $1, $2, $4, 'alert', $5, 1, at, at + make_interval(secs => $6), at + make_interval(secs => $7) from opened`,
      [severity, status, minutesAgo, serviceId, api.policyId, acknowledgedAfter ?? null, resolvedAfter ?? null],
    );
  }

  test('count what is open, and how fast people were, over the last 30 days only', async () => {
    const { status, body } = await api.request('GET', '/api/v1/home/');
    expect(status).toBe(200);
    expect(body.open).toMatchObject({
      total: 2,
      triggered: 1,
      by_severity: { SEV1_CRITICAL: 1, SEV2_HIGH: 1, SEV3_MEDIUM: 0, SEV4_LOW: 0 },
    });
    expect(body.response.acknowledged).toEqual({ count: 2, median_seconds: 90, p90_seconds: 114 });
    expect(body.response.resolved).toEqual({ count: 1, median_seconds: 600, p90_seconds: 600 });
    expect(body.incidents_by_hour).toHaveLength(24);
    const shown = body.incidents_by_hour.flatMap((hour: { by_severity: Record<string, number> }) => Object.values(hour.by_severity));
    expect(shown.reduce((sum: number, count: number) => sum + count, 0)).toBe(3);
    expect(body.health).toMatchObject({ temporal: true, outbox: { waiting: 0, oldest_seconds: null }, overdue: 0 });
  });

  test('list the severest open incident first, of these the oldest, across pages', async () => {
    await incident({ severity: 'SEV2_HIGH', minutesAgo: 300 });
    const first = await api.request('GET', '/api/v1/incidents/?status=TRIGGERED,ACKNOWLEDGED&ordering=urgency&limit=2');
    const second = await api.request('GET', first.body.next.replace('http://imas.test', ''));
    const all = [...first.body.results, ...second.body.results] as { severity: string; created_at: string }[];
    expect(all.map(({ severity }) => severity)).toEqual(['SEV1_CRITICAL', 'SEV2_HIGH', 'SEV2_HIGH']);
    expect(Date.parse(all[1]?.created_at ?? '')).toBeLessThan(Date.parse(all[2]?.created_at ?? ''));
  });

  test('say who would be told, level by level, with the delays added up', async () => {
    const mail = await seed.provider({ name: 'Mail', type: 'SMTP', config: { host: '127.0.0.1' } });
    const reached = (name: string): Promise<string> =>
      seed.user({
        username: name,
        name,
        email: `${name}@example.com`,
        contactMethods: [{ provider_id: mail, address: `${name}@example.com`, severities: [] }],
      });
    const [cleo, dan] = [await reached('Cleo'), await reached('Dan')];
    const policyId = await seed.policy({
      name: 'Two levels',
      document: {
        levels: [
          { targets: [{ type: 'user', id: cleo }], delay_seconds: 300 },
          { targets: [{ type: 'user', id: dan }], delay_seconds: 600 },
        ],
        repeat: 1,
        fallback: [{ type: 'user', id: cleo }],
        acknowledged_timeout_seconds: 0,
      },
    });
    const service = await seed.service({ name: 'checkout', policyId });
    const { status, body } = await api.request('GET', `/api/v1/home/audience/?service=${service}&severity=SEV1_CRITICAL`);
    expect(status).toBe(200);
    expect(body.policy).toEqual({ name: 'Two levels', version: 1 });
    expect(
      body.levels.map((level: { after_seconds: number; recipients: { name: string }[] }) => [
        level.after_seconds,
        level.recipients.map(({ name }) => name),
      ]),
    ).toEqual([
      [0, ['Cleo']],
      [300, ['Dan']],
    ]);
    expect(body.levels[0].recipients[0].ways[0]).toMatchObject({ provider: 'Mail', address: 'Cleo@example.com', at_once: true });
    expect((await api.request('GET', `/api/v1/home/audience/?service=${crypto.randomUUID()}&severity=SEV1_CRITICAL`)).status).toBe(404);
  });
});
