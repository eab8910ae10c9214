import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type Api } from '../api/harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test.each([
  ['name', '{"name":"a\\u0000b"}'],
  ['name', '{"name":"a\\ud800"}'],
  ['description', '{"name":"a","description":"\\udc00\\ud83d"}'],
])('a value that cannot be stored is refused, by name: %s', async (field, raw) => {
  const { status, body } = await api.request('POST', '/api/v1/teams/', { raw });
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ field, reason: expect.stringContaining('cannot be stored') as string }]);
});

test('what only looks like one is stored', async () => {
  const { status, body } = await api.request('POST', '/api/v1/teams/', { raw: '{"name":"\\\\u0000 \\ud83d\\udd25"}' });
  expect(status).toBe(201);
  expect(body.name).toBe('\\u0000 🔥');
});

const cursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
test.each([
  '/api/v1/services/?search=%00',
  '/api/v1/incidents/INC-%00/',
  `/api/v1/incidents/?cursor=${cursor(['no time', 'no id', false])}`,
  `/api/v1/incidents/?cursor=${cursor(['2026-01-01', 'x\0', true])}`,
  `/api/v1/alerts/?cursor=${cursor([null, '1e400', false])}`,
  '/api/v1/incidents/?created_after=0000-01-01T00:00:00Z',
])('%s is no error of ours', async (path) => {
  expect((await api.request('GET', path)).status).toBe(422);
});
