import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({
    secrets: {
      seal: (plain, boundTo) => `sealed:${boundTo}:${Buffer.from(plain).toString('hex')}`,
      open: (sealed) => Buffer.from(sealed.split(':').at(-1) ?? '', 'hex').toString(),
      isCurrent: () => true,
      sign: (text: string) => text,
    },
  });
});
afterAll(() => api.close());

const nowhere = '00000000-0000-4000-8000-000000000000';
const page = (id: string) => ({
  levels: [{ delay_seconds: 60, targets: [{ type: 'user', id }] }],
  fallback: [{ type: 'user', id }],
  repeat: 0,
  acknowledged_timeout_seconds: 0,
});
const layer = (id: string) => ({
  name: 'Week',
  users: [id],
  rotation: { type: 'weekly', length: 1, handoff_time: '09:00', start: '2026-01-05' },
});

/** Of a sealed value, as the secrets of these tests seal. */
const textOf = ({ $sealed }: { $sealed: string }): unknown => JSON.parse(Buffer.from($sealed.split(':').at(-1) ?? '', 'hex').toString());

interface Case {
  readonly path: string;
  make(api: Api): Record<string, unknown>;
  /** As the answer shows it, where that is not what was sent. */
  shows?(api: Api): Record<string, unknown>;
  readonly change: Record<string, unknown>;
  /** What is refused, and the field that the refusal names. */
  readonly refused: readonly (readonly [field: string, body: (api: Api) => Record<string, unknown>])[];
}

const cases: readonly Case[] = [
  {
    path: 'teams',
    make: ({ users }) => ({ name: 'Databases', members: [{ user: users.member, role: 'lead' }] }),
    shows: ({ users }) => ({ members: [{ user: { id: users.member, name: 'Bob' }, role: 'lead' }], contact_methods: [] }),
    change: { description: 'Keepers of the data' },
    refused: [
      ['name', () => ({ name: '' })],
      ['members[0].user', () => ({ members: [{ user: nowhere }] })],
      ['contact_methods[0].provider_id', () => ({ contact_methods: [{ provider_id: nowhere }] })],
    ],
  },
  {
    path: 'services',
    make: () => ({ name: 'redis-prod', criticality: 'TIER_1_CRITICAL', grouping: { by: 'labels', labels: ['cluster'] } }),
    shows: ({ policyId }) => ({
      escalation_policy: { id: policyId, name: 'Default' },
      auto_resolve: 'at_once',
      reopen_window_seconds: 1800,
      is_catch_all: false,
      team: null,
    }),
    change: { auto_resolve: 'quiet', quiet_seconds: 60 },
    refused: [
      ['team', () => ({ team: nowhere })],
      ['escalation_policy', () => ({ escalation_policy: nowhere })],
      ['criticality', () => ({ criticality: 'HIGH' })],
      ['runbook_url', () => ({ runbook_url: 'javascript:alert(1)' })],
    ],
  },
  {
    path: 'impact-scopes',
    make: () => ({ name: 'Security', emails: ['ciso@example.test'] }),
    change: { emails: ['ciso@example.test', 'soc@example.test'] },
    refused: [['emails[0]', () => ({ emails: ['nobody'] })]],
  },
  {
    path: 'users',
    make: () => ({ username: 'cleo', display_name: 'Cleo', email: 'cleo@example.test' }),
    shows: () => ({ has_password: false, is_staff: false, is_active: true }),
    change: { phone: '+33612345678' },
    refused: [
      ['phone', () => ({ phone: '06 12' })],
      ['password', () => ({ password: 'short' })],
      ['email', () => ({ email: 'cleo' })],
    ],
  },
  {
    path: 'alert-rules',
    make: ({ catchAllId }) => ({
      name: 'Sentry web',
      source: 'sentry',
      conditions: [{ field: 'labels.project', operator: 'equals', value: 'web' }],
      service: catchAllId,
    }),
    shows: ({ catchAllId }) => ({ service: { id: catchAllId, name: 'Unrouted' }, position: 0, suppress: false, severity: null }),
    change: { severity: 'SEV2_HIGH' },
    refused: [
      ['service', () => ({ service: nowhere })],
      ['conditions[0].field', () => ({ conditions: [{ field: 'colour', operator: 'equals', value: '' }] })],
    ],
  },
  {
    path: 'schedules',
    make: ({ users }) => ({ name: 'Databases on call', time_zone: 'Europe/Paris', layers: [layer(users.member)] }),
    shows: () => ({ overrides: [] }),
    change: { time_zone: 'America/New_York' },
    refused: [
      ['time_zone', () => ({ time_zone: 'Mars/Olympus' })],
      ['layers[0].users[0]', () => ({ layers: [layer(nowhere)] })],
      [
        'overrides[0].end',
        ({ users }) => ({ overrides: [{ user_id: users.member, start: '2026-01-02T00:00:00Z', end: '2026-01-01T00:00:00Z' }] }),
      ],
    ],
  },
  {
    path: 'escalation-policies',
    make: ({ users }) => ({ name: 'Fast', ...page(users.member) }),
    shows: () => ({ version: 1 }),
    change: { repeat: 2 },
    refused: [
      [
        'levels[0].targets[1].id',
        ({ users }) => ({
          levels: [
            {
              delay_seconds: 60,
              targets: [
                { type: 'user', id: users.member },
                { type: 'team', id: nowhere },
              ],
            },
          ],
        }),
      ],
      ['fallback', () => ({ fallback: [] })],
      ['fallback[0].id', () => ({ fallback: [{ type: 'provider', id: nowhere }] })],
    ],
  },
  {
    path: 'alert-sources',
    make: () => ({ name: 'Alertmanager Paris', source: 'alertmanager' }),
    shows: () => ({ has_secret: false, has_signing_secret: false, webhook_url: 'http://imas.test/api/v1/webhooks/alertmanager/' }),
    change: { name: 'Alertmanager Lyon' },
    refused: [['source', () => ({ source: 'nagios' })]],
  },
];

describe.each(cases)('/api/v1/$path/', (resource) => {
  const path = `/api/v1/${resource.path}/`;

  it('makes, reads, lists, finds, changes and deletes one', async () => {
    const body = resource.make(api);
    const made = await api.request('POST', path, { json: body });
    expect(made.body).toMatchObject({ ...body, ...resource.shows?.(api) });
    expect(made.status).toBe(201);
    const one = `${path}${made.body.id}/`;
    expect(made.headers.get('location')).toBe(one);

    expect((await api.request('GET', one, { as: 'member' })).body).toEqual(made.body);
    const word = String(body['name'] ?? body['username']);
    const found = await api.request('GET', `${path}?search=${encodeURIComponent(word.toUpperCase())}`);
    expect(found.body).toEqual({ count: 1, next: null, previous: null, results: [made.body] });
    expect((await api.request('GET', `${path}?search=%25`)).body.count).toBe(0);

    const changed = await api.request('PATCH', one, { json: resource.change });
    expect(changed.status).toBe(200);
    const { updated_at: before, version: _, ...rest } = made.body;
    expect(changed.body).toMatchObject({ ...rest, ...resource.change });
    expect(Date.parse(changed.body.updated_at)).toBeGreaterThanOrEqual(Date.parse(before));

    expect((await api.request('DELETE', one)).status).toBe(204);
    expect((await api.request('GET', one)).status).toBe(404);
    expect((await api.request('PATCH', one, { json: {} })).status).toBe(404);
  });

  it.each(resource.refused)('names %s when it is wrong', async (field, body) => {
    const { status, body: problem } = await api.request('POST', path, { json: { ...resource.make(api), ...body(api) } });
    expect(status).toBe(422);
    expect(problem.errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });

  it('has each name once, in any case', async () => {
    if (resource.path === 'alert-rules') return;
    const body = resource.make(api);
    const field = 'username' in body ? 'username' : 'name';
    const first = await api.request('POST', path, { json: body });
    const second = await api.request('POST', path, { json: { ...body, [field]: String(body[field]).toUpperCase() } });
    expect(second.status).toBe(409);
    expect(second.body.errors[0].field).toBe(field);
    await api.request('DELETE', `${path}${first.body.id}/`);
  });
});

describe('lists', () => {
  it('page to the end and back, each row once', async () => {
    for (let i = 0; i < 5; i += 1) await api.request('POST', '/api/v1/teams/', { json: { name: `paged ${i}` } });
    const names: string[] = [];
    let url: string | null = '/api/v1/teams/?limit=2&search=paged&ordering=-name';
    let last;
    while (url !== null) {
      last = await api.request('GET', url);
      names.push(...last.body.results.map((team: { name: string }) => team.name));
      url = last.body.next === null ? null : last.body.next.replace('http://imas.test', '');
      if (last.body.next !== null) expect(last.body.next).toMatch(/^http:\/\/imas\.test\/api\/v1\/teams\/\?/);
    }
    expect(names).toEqual(['paged 4', 'paged 3', 'paged 2', 'paged 1', 'paged 0']);
    const before = await api.request('GET', last?.body.previous.replace('http://imas.test', ''));
    expect(before.body.results.map((team: { name: string }) => team.name)).toEqual(['paged 2', 'paged 1']);
  });

  it('filter by fields', async () => {
    const { body } = await api.request('GET', '/api/v1/services/?is_catch_all=true');
    expect(body.results.map((service: { name: string }) => service.name)).toEqual(['Unrouted']);
    expect((await api.request('GET', '/api/v1/services/?is_active=yes')).status).toBe(422);
  });
});

describe('what is in use stays', () => {
  it('a policy of a service', async () => {
    const { status, body } = await api.request('DELETE', `/api/v1/escalation-policies/${api.policyId}/`);
    expect(status).toBe(409);
    expect(body.detail).toContain('services');
  });

  it('a user whom a policy or a schedule names', async () => {
    const user = await api.request('POST', '/api/v1/users/', { json: { username: 'named' } });
    const policy = await api.request('POST', '/api/v1/escalation-policies/', { json: { name: 'Names one', ...page(user.body.id) } });
    const schedule = await api.request('POST', '/api/v1/schedules/', { json: { name: 'Names one too', layers: [layer(user.body.id)] } });
    const refused = await api.request('DELETE', `/api/v1/users/${user.body.id}/`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toMatch(/schedule Names one too/);
    expect(refused.body.detail).toMatch(/escalation policy Names one version 1/);
    await api.request('DELETE', `/api/v1/escalation-policies/${policy.body.id}/`);
    await api.request('DELETE', `/api/v1/schedules/${schedule.body.id}/`);
    expect((await api.request('DELETE', `/api/v1/users/${user.body.id}/`)).status).toBe(204);
  });

  it('the catch-all service, and the last staff user', async () => {
    expect((await api.request('DELETE', `/api/v1/services/${api.catchAllId}/`)).status).toBe(409);
    expect((await api.request('PATCH', `/api/v1/services/${api.catchAllId}/`, { json: { is_active: false } })).status).toBe(409);
    expect((await api.request('DELETE', `/api/v1/users/${api.users.staff}/`)).status).toBe(409);
    expect((await api.request('PATCH', `/api/v1/users/${api.users.staff}/`, { json: { is_staff: false } })).status).toBe(409);
    expect((await api.request('GET', '/api/v1/me/')).status).toBe(200);
  });
});

describe('secrets', () => {
  it('of alert sources go in and never come out', async () => {
    const secret = 'a bearer secret';
    const signing = 'a signing secret';
    const { body } = await api.request('POST', '/api/v1/alert-sources/', {
      json: { name: 'Secretive', source: 'grafana', secret, signing_secret: signing },
    });
    expect(body).toMatchObject({ has_secret: true, has_signing_secret: true });
    const { rows } = await api.database.pool.query(
      `select encode(secret_hash, 'hex') as hash, signing_secret from alert_sources where id = $1`,
      [body.id],
    );
    const { createHash } = await import('node:crypto');
    expect(rows[0].hash).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(rows[0].signing_secret).toMatch(new RegExp(`^sealed:integrations/${body.id}/signing_secret:`));
    const changed = await api.request('PATCH', `/api/v1/alert-sources/${body.id}/`, { json: { secret: null } });
    expect(changed.body).toMatchObject({ has_secret: false, has_signing_secret: true });
    expect(JSON.stringify([body, changed.body])).not.toMatch(/a bearer|a signing|sealed/);
  });

  it('of users likewise; a new password ends what the old one opened', async () => {
    const password = 'her first password';
    const { body } = await api.request('POST', '/api/v1/users/', { json: { username: 'dora', password } });
    expect(JSON.stringify(body)).not.toMatch(/first|scrypt/);
    expect(body.has_password).toBe(true);
    const { body: signedIn } = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'dora', password } });
    const asDora = { as: 'nobody', headers: { Authorization: `Token ${signedIn.token}` } } as const;
    expect((await api.request('GET', '/api/v1/me/', asDora)).status).toBe(200);
    await api.request('PATCH', `/api/v1/users/${body.id}/`, { json: { password: 'her second password' } });
    expect((await api.request('GET', '/api/v1/me/', asDora)).status).toBe(401);
  });
});

describe('changes at the same time', () => {
  it('leave nobody on call who is deleted', async () => {
    for (let n = 0; n < 5; n++) {
      const { body: user } = await api.request('POST', '/api/v1/users/', { json: { username: `leaving-${n}` } });
      const [made, deleted] = await Promise.all([
        api.request('POST', '/api/v1/schedules/', { json: { name: `With somebody who leaves ${n}`, layers: [layer(user.id)] } }),
        api.request('DELETE', `/api/v1/users/${user.id}/`),
      ]);
      expect([
        [201, 409],
        [422, 204],
      ]).toContainEqual([made.status, deleted.status]);
    }
  });

  it('do not undo each other: a masked secret means the one that is there when it is written', async () => {
    const config = (url: string) => ({ url, headers: { Authorization: 'Bearer of before' } });
    const { body: made } = await api.request('POST', '/api/v1/providers/', {
      json: { name: 'Rotated', type: 'WEBHOOK', config: config('https://hooks.example.com/') },
    });
    const one = `/api/v1/providers/${made.id}/`;
    // The first to write waits for a lock that somebody else holds on the row; the second comes meanwhile, and masks what it read.
    const client = await api.database.pool.connect();
    await client.query('begin');
    await client.query('select from providers where id = $1 for update', [made.id]);
    const rotated = { ...made.config, headers: { Authorization: 'Bearer of now' } };
    const first = api.request('PATCH', one, { json: { config: rotated } });
    await untilWaiting(1);
    const second = api.request('PATCH', one, { json: { config: { ...made.config, format: 'events' } } });
    await untilWaiting(2);
    await client.query('commit');
    client.release();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    const { rows } = await api.database.pool.query('select config from providers where id = $1', [made.id]);
    expect(rows[0].config.format).toBe('events');
    expect(textOf(rows[0].config.headers.Authorization)).toBe('Bearer of now');
  });

  async function untilWaiting(count: number): Promise<void> {
    await expect
      .poll(async () => {
        const { rows } = await api.database.pool.query(
          `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0].count;
      })
      .toBe(count);
  }
});

describe('escalation policies', () => {
  it('keep every version; renaming makes none', async () => {
    const made = await api.request('POST', '/api/v1/escalation-policies/', { json: { name: 'Versioned', ...page(api.users.member) } });
    const one = `/api/v1/escalation-policies/${made.body.id}/`;
    expect((await api.request('PATCH', one, { json: { name: 'Renamed' } })).body.version).toBe(1);
    const edits = await Promise.all([1, 2, 3].map((repeat) => api.request('PATCH', one, { json: { repeat } })));
    expect(edits.map((edit) => edit.status)).toEqual([200, 200, 200]);
    const { rows } = await api.database.pool.query(
      'select version, document, created_by from escalation_policy_versions where policy_id = $1 order by version',
      [made.body.id],
    );
    expect(rows.map((row) => row.version)).toEqual([1, 2, 3, 4]);
    expect(rows[0].document).toEqual(page(api.users.member));
    expect(rows[3]).toMatchObject({ created_by: 'ann', document: { levels: page(api.users.member).levels } });
  });
});

describe('GET /api/v1/schedules/<id>/on-call/', () => {
  it('says who, at an instant', async () => {
    const { body } = await api.request('POST', '/api/v1/schedules/', {
      json: {
        name: 'Two take turns',
        time_zone: 'Europe/Paris',
        layers: [{ ...layer(api.users.member), users: [api.users.member, api.users.staff] }],
        overrides: [{ user_id: api.users.staff, start: '2026-01-06T00:00:00+01:00', end: '2026-01-07T00:00:00+01:00' }],
      },
    });
    const at = async (instant: string) =>
      (await api.request('GET', `/api/v1/schedules/${body.id}/on-call/?at=${encodeURIComponent(instant)}`)).body.users.map(
        (user: { name: string }) => user.name,
      );
    expect(await at('2026-01-05T07:59:59Z')).toEqual([]);
    expect(await at('2026-01-05T08:00:00Z')).toEqual(['Bob']);
    expect(await at('2026-01-06T12:00:00Z')).toEqual(['Ann']);
    expect(await at('2026-01-12T08:00:00Z')).toEqual(['Ann']);
  });
});
