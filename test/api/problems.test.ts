import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('every refusal is a problem (RFC 9457)', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  it.each([
    ['nothing there', 'GET', '/api/v1/nothing/', {}, 404],
    ['nothing outside the API', 'GET', '/nothing', {}, 404],
    ['no such row', 'GET', `/api/v1/services/${id}/`, {}, 404],
    ['no such incident', 'GET', `/api/v1/incidents/INC-ZZZZZZ/`, {}, 404],
    ['no id at all', 'GET', `/api/v1/incidents/what/`, {}, 404],
    ['no such alert source', 'POST', `/api/v1/webhooks/nagios/`, { json: {} }, 404],
    ['wrong method', 'PUT', `/api/v1/services/`, { json: {} }, 405],
    ['wrong method on one', 'POST', `/api/v1/services/${id}/`, { json: {} }, 405],
    ['not JSON', 'POST', '/api/v1/services/', { raw: '{"name":' }, 400],
    ['no body', 'POST', '/api/v1/services/', { headers: { 'Content-Type': 'application/json' } }, 400],
    ['another type', 'POST', '/api/v1/services/', { raw: 'name=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415],
    ['a list for an object', 'POST', '/api/v1/services/', { json: [] }, 422],
    ['not signed in', 'GET', '/api/v1/services/', { as: 'nobody' }, 401],
    ['a broken token', 'GET', '/api/v1/services/', { as: 'nobody', headers: { Authorization: 'Basic YTpi' } }, 401],
    ['not staff', 'POST', '/api/v1/services/', { as: 'member', json: { name: 'x' } }, 403],
    ['too large', 'POST', '/api/v1/services/', { json: { name: 'x', description: 'x'.repeat(1_100_000) } }, 413],
    ['a broken cursor', 'GET', '/api/v1/services/?cursor=abc', {}, 422],
    ['a limit beyond the limit', 'GET', '/api/v1/services/?limit=201', {}, 422],
  ] as const)('%s', async (_name, method, path, options, status) => {
    const answer = await api.request(method, path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String), detail: expect.any(String) });
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  });

  it('says which methods there are', async () => {
    const { headers } = await api.request('PUT', '/api/v1/services/');
    expect(headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
  });

  it('names every field that is wrong, by its path', async () => {
    const { status, body } = await api.request('POST', '/api/v1/services/', {
      json: { name: ' ', grouping: { by: 'labels' }, quiet_seconds: -1, colour: 'red' },
    });
    expect(status).toBe(422);
    expect(body.errors.map((error: { field: string }) => error.field).sort()).toEqual(['body', 'grouping.labels', 'name', 'quiet_seconds']);
  });

  it('keeps what went wrong inside to itself', async () => {
    const { pool } = api.database;
    await pool.query('alter table rejected_payloads rename to elsewhere');
    const { status, body } = await api.request('GET', '/api/v1/rejected-payloads/');
    await pool.query('alter table elsewhere rename to rejected_payloads');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/rejected_payloads|relation/);
  });
});

describe('request ids', () => {
  it.each([
    ['abc-123_=', true],
    ['x'.repeat(65), false],
    ['bad id\u00e9', false],
  ])('%s is kept: %s', async (given, kept) => {
    const { headers } = await api.request('GET', '/health/live', { headers: { 'X-Request-Id': given } });
    expect(headers.get('x-request-id') === given).toBe(kept);
  });
});

describe('health and metrics', () => {
  it('tells by name what is not ready', async () => {
    expect((await api.request('GET', '/health/ready/', { as: 'nobody' })).body).toEqual({ status: 'ready', not_ready: [] });
    const { createApp } = await import('../../src/api/app.ts');
    const app = createApp({ ...api.deps, temporalReachable: async () => Promise.reject(new Error('secret')) });
    const answer = await app.request('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not_ready', not_ready: ['temporal'] });
  });

  async function readMetrics(remoteAddress: string, headers: Record<string, string>, metricsToken: string | null = null) {
    const { createApp } = await import('../../src/api/app.ts');
    const app = createApp({ ...api.deps, config: { ...api.deps.config, metricsToken } });
    const answer = await app.request('/metrics', { headers }, { incoming: { socket: { remoteAddress } } });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  const token = 'a token for Prometheus';
  it.each([
    ['on this machine', '127.0.0.1', {}, null, 200],
    ['on this machine by IPv6', '::1', { host: '[::1]:8000' }, null, 200],
    ['on this machine, though there is a token', '::ffff:127.0.0.1', {}, token, 200],
    ['from elsewhere', '198.51.100.7', {}, null, 401],
    ['from elsewhere, without the token', '198.51.100.7', {}, token, 401],
    ['from elsewhere, with another token', '198.51.100.7', { authorization: 'Bearer another' }, token, 401],
    ['from elsewhere, with the token', '198.51.100.7', { authorization: 'Bearer token' }, 'token', 200],
    ['through a proxy of this machine', '127.0.0.1', { 'x-forwarded-for': '198.51.100.7' }, null, 401],
    ['through a proxy that keeps the name alone', '127.0.0.1', { host: 'imas.example.com' }, null, 401],
    ['by a web page whose name points here', '127.0.0.1', { host: 'rebound.example:8000' }, null, 401],
  ] as const)('are for who asks %s from %s', async (_who, peer, headers, metricsToken, expected) => {
    expect((await readMetrics(peer, { host: 'localhost:8000', ...headers }, metricsToken)).status).toBe(expected);
  });

  it('offers numbers, with routes and not paths as labels', async () => {
    await api.request('GET', '/api/v1/services/00000000-0000-4000-8000-000000000000/');
    const { headers, body } = await readMetrics('127.0.0.1', { host: 'localhost:8000' });
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toContain('imas_incidents_open{severity="SEV1_CRITICAL",status="TRIGGERED"} 0');
    expect(body).toContain('imas_outbox_oldest_seconds 0');
    expect(body).not.toContain('00000000-0000-4000');
    expect(body).toContain('route="/api/v1/services/:id"');
  });
});
