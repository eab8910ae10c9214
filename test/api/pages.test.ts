import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { type Api, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the pages', () => {
  it.each(['/dashboard/', '/dashboard', '/dashboard/incidents/INC-A1B2C3/', '/admin/core/team/add/', '/sign-in', '/sign-in/'])(
    '%s is the one document',
    async (path) => {
      const { status, body, headers } = await api.request('GET', path, { as: 'nobody' });
      expect(status).toBe(200);
      expect(body).toContain('<title>pages</title>');
      expect(headers.get('content-type')).toMatch(/^text\/html/);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('begin at the dashboard', async () => {
    const { status, headers } = await api.request('GET', '/', { as: 'nobody' });
    expect([status, headers.get('location')]).toEqual([302, '/dashboard/']);
  });

  it('load files that are kept for ever, and no others', async () => {
    const asset = await api.request('GET', '/assets/main-1a2b3c.js', { as: 'nobody' });
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await api.request('GET', '/favicon.svg', { as: 'nobody' })).headers.get('content-type')).toMatch(/^image\/svg/);
    for (const path of ['/assets/old-000000.js', '/package.json', '/assets/..%2findex.html', '/assets/..%2f..%2f..%2fetc%2fpasswd']) {
      expect((await api.request('GET', path, { as: 'nobody' })).status, path).toBe(404);
    }
  });

  it('take the demo’s webhooks, in a demo only', async () => {
    const post = (app: Api['app']) => app.request('/demo/inbox/webhook/', { method: 'POST', body: '{"title":"Test Notification"}' });
    expect((await post(api.app)).status).toBe(404);
    expect((await post(createApp({ ...api.deps, config: { ...api.deps.config, demo: true } }))).status).toBe(202);
    const { body } = await api.request('GET', '/api/v1/inbox/?channel=webhook', { as: 'member' });
    expect(body.results).toMatchObject([{ subject: 'Test Notification' }]);
    expect((await api.request('GET', `/api/v1/inbox/${body.results[0].id}/`)).body).toEqual(body.results[0]);
    expect((await api.request('GET', '/api/v1/inbox/?search=test%20noti')).body.results).toHaveLength(1);
    expect((await api.request('GET', '/api/v1/inbox/?search=Test_Noti')).body.results).toEqual([]);
  });

  it.each([
    ['cross-site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['by its origin alone', { origin: 'https://evil.example' }],
    ['under a name that leads here', { origin: 'http://evil.example', host: 'evil.example' }],
  ])('take none of a page of another site, %s', async (_how, headers) => {
    const app = createApp({ ...api.deps, config: { ...api.deps.config, demo: true } });
    const answer = await app.request('/demo/inbox/webhook/', { method: 'POST', body: '{"title":"Forged"}', headers });
    expect(answer.status).toBe(403);
    expect((await api.request('GET', '/api/v1/inbox/?search=Forged')).body.results).toEqual([]);
  });

  it('say so when they are not built, and the API works', async () => {
    const app = createApp(api.deps, { pagesDir: '/nowhere' });
    const answer = await app.request('/dashboard/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
    expect((await app.request('/health/live')).status).toBe(200);
  });
});
