import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditions, readKeyset } from '../../src/api/keyset.ts';
import { type Api, baseUrl, startApi } from './harness.ts';

let api: Api;
let alertSourceId: string;
beforeAll(async () => {
  api = await startApi();
  const { pool } = api.database;
  const { rows } = await pool.query<{ id: string }>(
    `insert into alert_sources (name, source) values ('Prometheus', 'alertmanager') returning id`,
  );
  alertSourceId = rows[0]!.id;
  await pool.query(
    `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version)
     values ('11111111-1111-4111-8111-111111111111', 'Latency', 'SEV2_HIGH', $1, 'alert', $2, 1)`,
    [api.catchAllId, api.policyId],
  );
  await pool.query(
    `insert into alerts (id, integration_id, source, fingerprint, status, starts_at, last_event_at, name, summary, severity, service_id,
       incident_id, outcome, labels, first_received_at)
     select n, $1, 'alertmanager', 'print' || n, case when n % 2 = 0 then 'firing' else 'resolved' end, '2026-01-05T09:00:00Z', now(),
       'HighLatency', 'latency 100% on host' || n, 'SEV2_HIGH', $2, case when n <= 3 then '11111111-1111-4111-8111-111111111111'::uuid end,
       'attached', '{"host":"a"}', '2026-01-05T09:00:00Z'::timestamptz - n * interval '1 microsecond'
     from generate_series(1, 9) n`,
    [alertSourceId, api.catchAllId],
  );
  await pool.query(
    `insert into alert_deliveries (id, alert_id, status, payload) values (gen_random_uuid(), 2, 'firing', '{"labels": {"a": 1}}')`,
  );
  await pool.query(
    `insert into rejected_payloads (source, body_hash, body, reason, field) values ('grafana', '\\x01', $1, 'is not an object', 'alerts[0]')`,
    [Buffer.from('<script>\u0000\xff', 'latin1')],
  );
});
afterAll(() => api.close());

const ids = (body: { results: { id: string }[] }): string[] => body.results.map((alert) => alert.id);

describe('/api/v1/alerts/', () => {
  it('lists newest first, to the microsecond, and pages', async () => {
    const first = await api.request('GET', '/api/v1/alerts/?limit=4');
    expect(ids(first.body)).toEqual(['1', '2', '3', '4']);
    expect(first.body.count).toBe(9);
    const second = await api.request('GET', first.body.next.replace(baseUrl, ''));
    expect(ids(second.body)).toEqual(['5', '6', '7', '8']);
    expect(first.body.results[0]).toMatchObject({
      alert_source: { id: alertSourceId, name: 'Prometheus' },
      service: { name: 'Unrouted' },
      incident: { id: '11111111-1111-4111-8111-111111111111' },
      labels: { host: 'a' },
      starts_at: '2026-01-05T09:00:00.000Z',
    });
  });

  it.each([
    ['status=firing', ['2', '4', '6', '8']],
    ['search=HOST7', ['7']],
    ['search=100%25+on+host3', ['3']],
    ['search=print9', ['9']],
    ['source=datadog', []],
    ['incident=11111111-1111-4111-8111-111111111111&status=resolved', ['1', '3']],
    ['outcome=attached&status=firing&limit=1', ['2']],
  ])('filters by %s', async (query, expected) => {
    expect(ids((await api.request('GET', `/api/v1/alerts/?${query}`)).body)).toEqual(expected);
  });

  it('shows one with what its source sent', async () => {
    const { body } = await api.request('GET', '/api/v1/alerts/2/', { as: 'member' });
    expect(body).toMatchObject({ id: '2', deliveries: [{ status: 'firing', payload: { labels: { a: 1 } } }] });
    expect((await api.request('GET', '/api/v1/alerts/99/')).status).toBe(404);
    expect((await api.request('GET', '/api/v1/alerts/x/')).status).toBe(422);
  });

  it('counts and lists below its incident', async () => {
    const incident = await api.request('GET', '/api/v1/incidents/11111111-1111-4111-8111-111111111111/');
    expect(incident.body.alerts).toEqual({ total: 3, firing: 1 });
    const { body } = await api.request('GET', `/api/v1/incidents/${incident.body.short_id}/alerts/?status=firing`);
    expect(ids(body)).toEqual(['2']);
  });

  it('are what their incident is called, with the labels that all of them have', async () => {
    const { body } = await api.request('GET', '/api/v1/incidents/11111111-1111-4111-8111-111111111111/');
    expect(body.title).toBe('Latency');
    expect(body.group).toMatchObject({ title: { message: 'HighLatency: 3 alerts' }, shared_labels: { host: 'a' }, varying_labels: [] });
    const list = await api.request('GET', '/api/v1/incidents/');
    expect(list.body.results.map(({ group }: { group: unknown }) => group)).toEqual([body.group]);
  });
});

it('a window bounds what one page looks at, and next leads through all of them, back as well', async () => {
  const read = (cursor: string | undefined) => {
    const where = conditions();
    where.add('id = any(?::bigint[])', ['2', '7', '8']);
    return readKeyset<{ id: string }>(api.database.pool, {
      columns: 'id',
      from: 'alerts',
      conditions: where,
      order: { by: 'first_received_at', type: 'timestamptz', descending: true },
      id: { column: 'id', type: 'bigint' },
      cursor,
      limit: 5,
      window: 3,
    });
  };
  const pages: string[][] = [];
  let cursor: string | undefined;
  let last;
  do {
    last = await read(cursor);
    pages.push(last.rows.map((row) => row.id));
    cursor = last.next ?? undefined;
  } while (cursor !== undefined && pages.length < 10);
  expect(pages.slice(0, 3)).toEqual([['2'], [], ['7', '8']]);
  expect(pages.slice(3).flat()).toEqual([]);
  expect(pages.length).toBeLessThan(10);
});

describe('/api/v1/rejected-payloads/', () => {
  it('shows bodies as text, whatever they were', async () => {
    const { body } = await api.request('GET', '/api/v1/rejected-payloads/', { as: 'member' });
    expect(body.results).toMatchObject([{ source: 'grafana', reason: 'is not an object', field: 'alerts[0]', size: 10, count: 1 }]);
    const one = await api.request('GET', `/api/v1/rejected-payloads/${body.results[0].id}/`);
    expect(one.body.body).toBe('<script>\u0000\ufffd');
    expect(one.headers.get('content-type')).toMatch(/^application\/json/);
    expect(one.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('are dismissed by staff', async () => {
    const { body } = await api.request('GET', '/api/v1/rejected-payloads/');
    const path = `/api/v1/rejected-payloads/${body.results[0].id}/`;
    expect((await api.request('DELETE', path, { as: 'member' })).status).toBe(403);
    expect((await api.request('DELETE', path)).status).toBe(204);
    expect((await api.request('DELETE', path)).status).toBe(404);
  });
});
