import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }) });
  await api.database.pool.query(
    `insert into providers (name, type, config, is_active) values ('Mail', 'SMTP', $1, true), ('Old mail', 'SMTP', $1, false)`,
    [JSON.stringify({ host: '127.0.0.1', port: 2525, from_email: 'imas@example.com', password: null })],
  );
  await api.database.pool.query(
    `update users set email = 'ann@example.com', contact_methods = json_build_array(json_build_object('provider_id', p.id, 'address', 'old@example.com', 'severities', '[]'::json))
     from providers p where p.name = 'Old mail' and username = 'ann'`,
  );
  await api.database.pool.query(
    `insert into impact_scopes (name, emails, is_active) values ('Security', '{ciso@example.com}', true), ('Gone', '{}', false)`,
  );
});
afterAll(() => api.close());

const simulate = (query: Readonly<Record<string, string>>, as: 'staff' | 'member' = 'member') =>
  api.request('GET', `/api/v1/simulations/route/?${new URLSearchParams(query)}`, { as });

it('says who would be told, by what, in which order and why, at a moment that is not now', async () => {
  const { status, body } = await simulate({
    service: 'unrouted',
    severity: 'SEV1_CRITICAL',
    at: '2026-11-28T03:00:00+01:00',
    impact_scopes: 'security',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    service: { id: api.catchAllId, name: 'Unrouted' },
    team: null,
    at: '2026-11-28T02:00:00.000Z',
    impact_scopes: ['Security'],
    policy: { name: 'Default', version: 1, repeat: 1 },
  });
  expect(body.steps).toMatchObject([
    { on: 'opened', after_seconds: 0, recipients: [{ name: 'ciso@example.com', reasons: [{ message: 'impact scope Security' }] }] },
    {
      on: 'level',
      level: 1,
      round: 1,
      after_seconds: 0,
      waits_seconds: 300,
      recipients: [
        {
          name: 'Ann',
          ways: [{ provider: 'Mail', address: 'ann@example.com', taken: 'at_once', reason: { code: 'reason.mail' } }],
          skipped: [{ provider: 'Old mail', reason: { message: 'the provider is inactive' } }],
        },
      ],
    },
    { on: 'fallback', level: null, after_seconds: 600, recipients: [{ name: 'Ann' }] },
  ]);
});

it('takes the service by its id, and now where no time is given', async () => {
  const before = Date.now();
  const { status, body } = await simulate({ service: api.catchAllId, severity: 'SEV4_LOW' });
  expect(status).toBe(200);
  expect(Date.parse(body.at)).toBeGreaterThanOrEqual(before);
});

it.each([
  [{ service: 'nothing', severity: 'SEV1_CRITICAL' }, 'service', /there is no service "nothing"/],
  [{ service: 'Unrouted', severity: 'SEV9' }, 'severity', /SEV1_CRITICAL/],
  [{ service: 'Unrouted', severity: 'SEV1_CRITICAL', at: 'tonight' }, 'at', /RFC 3339/],
  [{ service: 'Unrouted', severity: 'SEV1_CRITICAL', impact_scopes: 'Security,Gone' }, 'impact_scopes[1]', /no active impact scope "Gone"/],
])('refuses %o, and names the field', async (query, field, reason) => {
  const { status, headers, body } = await simulate(query);
  expect([status, headers.get('content-type')]).toEqual([422, 'application/problem+json']);
  expect(body.errors).toEqual([{ field, reason: expect.stringMatching(reason) }]);
});

it('stores nothing', async () => {
  await simulate({ service: 'Unrouted', severity: 'SEV1_CRITICAL' });
  const { rows } = await api.database.pool.query('select (select count(*) from incidents) + (select count(*) from deliveries) as count');
  expect(Number(rows[0].count)).toBe(0);
});
