import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, startApi } from './harness.ts';

/**
 * Every route that the app has, by who may use it. A route that is in no list fails this test: whoever adds one says here
 * whom it is for. What is said is then tried.
 */
const open = [
  'GET /',
  'GET /dashboard/*',
  'GET /admin/*',
  'GET /sign-in',
  'GET /assets/*',
  'GET /:file{[a-z0-9-]+\\.(?:svg|png|ico|js|json|txt|webmanifest)}',
  'GET /health/live',
  'GET /health/ready',
  // By their own token, or on the loopback: see the tests of problems.
  'GET /metrics',
  'GET /api/docs',
  'GET /api/docs/start.js',
  'GET /api/docs/assets/swagger-ui.css',
  'GET /api/docs/assets/swagger-ui-bundle.js',
  'GET /api/docs/assets/favicon-32x32.png',
  'GET /api/v1/openapi.json',
  'POST /api/auth/token',
  'DELETE /api/auth/token',
  'POST /api/auth/session',
  'GET /api/auth/session',
  'DELETE /api/auth/session',
  'GET /offline',
  // By the link itself: see the tests of answers.
  'GET /a/:token',
  'POST /a/:token',
  // By the vendor's signature: see the tests of conversations.
  ...['events', 'commands', 'interactive'].map((path) => `POST /api/v1/slack/${path}`),
  'POST /api/v1/discord/interactions',
  // By the hook's own secret: see the tests of the mailbox.
  'POST /api/v1/mail/inbound',
  // By the alert source's secret: see the tests of the webhooks.
  'POST /api/v1/webhooks/alertmanager',
  'POST /api/v1/webhooks/datadog',
  'POST /api/v1/webhooks/grafana',
  'POST /api/v1/webhooks/generic',
];
const signedIn = [
  'GET /api/v1/me',
  'GET /api/v1/me/profile',
  'PATCH /api/v1/me/profile',
  'POST /api/v1/me/chat-accounts/code',
  'DELETE /api/v1/me/chat-accounts/:provider/:account',
  'GET /api/v1/me/devices',
  'POST /api/v1/me/devices',
  'PUT /api/v1/me/devices/:id',
  'DELETE /api/v1/me/devices/:id',
  'POST /api/v1/me/devices/:id/test',
  'GET /api/v1/events',
  'GET /api/v1/home',
  'GET /api/v1/home/surroundings',
  'GET /api/v1/home/audience',
  'GET /api/v1/home/on-call',
  'GET /api/v1/incidents',
  'POST /api/v1/incidents',
  'GET /api/v1/incidents/:id',
  'PATCH /api/v1/incidents/:id',
  ...['acknowledge', 'resolve', 'reopen', 'escalate', 'comments'].map((act) => `POST /api/v1/incidents/:id/${act}`),
  ...['timeline', 'explain', 'document', 'alerts', 'deliveries'].map((record) => `GET /api/v1/incidents/:id/${record}`),
  'POST /api/v1/incidents/:id/impact-scopes',
  'GET /api/v1/incidents/:id/document/export',
  'PUT /api/v1/incidents/:id/document/sections/:section',
  'GET /api/v1/incidents/:id/document/sections/:section/versions',
  'GET /api/v1/incidents/:id/archive',
  'GET /api/v1/incidents/:id/archive/:run_id',
  'GET /api/v1/schedules/:id/on-call',
  'GET /api/v1/provider-types',
  'GET /api/v1/provider-types/SLACK/manifest',
  'GET /api/v1/resources',
  'GET /api/v1/simulations/route',
  'GET /api/v1/resources/:path',
  ...['alerts', 'rejected-payloads', 'inbox'].flatMap((path) => [`GET /api/v1/${path}`, `GET /api/v1/${path}/:id`]),
];
const configuration = [
  'teams',
  'services',
  'providers',
  'impact-scopes',
  'users',
  'alert-rules',
  'schedules',
  'escalation-policies',
  'alert-sources',
];
const staff = [
  'POST /api/v1/providers/:id/test',
  'POST /api/v1/provider-types/preview',
  'POST /api/v1/providers/:id/preview',
  'POST /api/v1/alerts/:id/redeliver',
  'POST /api/v1/rejected-payloads/:id/redeliver',
  'DELETE /api/v1/rejected-payloads/:id',
  ...configuration.flatMap((path) => [`POST /api/v1/${path}`, `PATCH /api/v1/${path}/:id`, `DELETE /api/v1/${path}/:id`]),
];
signedIn.push(...configuration.flatMap((path) => [`GET /api/v1/${path}`, `GET /api/v1/${path}/:id`]));

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const routesOf = (): string[] => [
  ...new Set(
    api.app.routes.filter((route) => route.method !== 'ALL').map((route) => `${route.method} ${route.path.replace(/(.)\/$/, '$1')}`),
  ),
];

it('knows of every route whom it is for', () => {
  const known = new Set([...open, ...signedIn, ...staff]);
  expect(routesOf().filter((route) => !known.has(route))).toEqual([]);
});

const split = (route: string): [string, string] => {
  const [method = '', path = ''] = route.split(' ');
  return [method, path.replace(':id', '00000000-0000-4000-8000-000000000000')];
};

it('turns away who is not signed in, from all but the open ones', async () => {
  for (const route of routesOf().filter((entry) => !open.includes(entry))) {
    const [method, path] = split(route);
    const { status } = await api.request(method, path, { as: 'nobody', ...(method !== 'GET' && { json: {} }) });
    expect(`${route} ${status}`).toBe(`${route} 401`);
  }
});

it('turns away who is not staff, from what changes configuration', async () => {
  const present = routesOf();
  for (const route of staff.filter((entry) => present.includes(entry))) {
    const [method, path] = split(route);
    const { status } = await api.request(method, path, { as: 'member', json: {} });
    expect(`${route} ${status}`).toBe(`${route} 403`);
  }
});

it('lets every signed-in user in to the rest', async () => {
  const present = routesOf();
  for (const route of signedIn.filter((entry) => present.includes(entry) && entry !== 'GET /api/v1/events')) {
    const [method, path] = split(route);
    const { status } = await api.request(method, path, { as: 'member', ...(method !== 'GET' && { json: {} }) });
    expect([200, 201, 404, 422], route).toContain(status);
  }
});
