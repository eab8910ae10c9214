import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/secrets/password.ts';
import { type Api, baseUrl, password, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('POST /api/auth/token/', () => {
  it.each(['/api/auth/token/', '/api/auth/token'])('gives a token at %s that both schemes take', async (path) => {
    const { status, body } = await api.request('POST', path, { as: 'nobody', json: { username: 'ANN', password } });
    expect(status).toBe(200);
    for (const scheme of ['Token', 'Bearer', 'token']) {
      const me = await api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { Authorization: `${scheme} ${body.token}` } });
      expect(me.body).toMatchObject({ username: 'ann', display_name: 'Ann', is_staff: true });
    }
  });

  it('keeps only a hash of it', async () => {
    const { body } = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'ann', password } });
    const { rows } = await api.database.pool.query(`select row_to_json(tokens)::text as row from tokens`);
    expect(rows.map((row) => row.row).join()).not.toContain(body.token);
  });

  it('says the same about a wrong password and an unknown user', async () => {
    const wrong = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'ann', password: 'no' } });
    const unknown = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'nobody', password: 'no' } });
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
  });

  it('refuses users that are not active, and their tokens', async () => {
    const { pool } = api.database;
    await pool.query(`insert into users (username, password_hash) values ('gone', $1)`, [await hashPassword(password)]);
    const { body } = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'gone', password } });
    await pool.query(`update users set is_active = false where username = 'gone'`);
    const me = await api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { Authorization: `Token ${body.token}` } });
    expect(me.status).toBe(401);
    const again = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'gone', password } });
    expect(again.status).toBe(401);
  });

  it('revokes', async () => {
    const { body } = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'ann', password } });
    const headers = { Authorization: `Token ${body.token}` };
    expect((await api.request('DELETE', '/api/auth/token/', { as: 'nobody', headers })).status).toBe(204);
    expect((await api.request('GET', '/api/v1/me/', { as: 'nobody', headers })).status).toBe(401);
  });
});

describe('the pages’ session', () => {
  const page = { Origin: baseUrl, 'Sec-Fetch-Site': 'same-origin' };
  async function signIn(): Promise<string> {
    const { status, headers } = await api.request('POST', '/api/auth/session/', {
      as: 'nobody',
      json: { username: 'ann', password },
      headers: page,
    });
    expect(status).toBe(200);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^imas_session=[^;]+;.*HttpOnly.*SameSite=Lax/i);
    return cookie.split(';')[0]!;
  }

  it('signs in, says who, and signs out', async () => {
    const Cookie = await signIn();
    const who = await api.request('GET', '/api/auth/session/', { as: 'nobody', headers: { Cookie } });
    expect(who.body.user.username).toBe('ann');
    const out = await api.request('DELETE', '/api/auth/session/', { as: 'nobody', headers: { Cookie, ...page } });
    expect(out.status).toBe(204);
    expect((await api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { Cookie } })).status).toBe(401);
    expect((await api.request('GET', '/api/auth/session/', { as: 'nobody' })).body).toEqual({ user: null });
  });

  it.each([
    ['another site', { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['another site in an old browser', { Origin: 'https://evil.test' }, 403],
    ['a sandboxed frame', { Origin: 'null' }, 403],
    ['a sibling domain', { Origin: baseUrl, 'Sec-Fetch-Site': 'same-site' }, 403],
    ['no browser', {}, 403],
    ['these pages', page, 201],
  ])('a write with the cookie from %s', async (_from, headers, expected) => {
    const Cookie = await signIn();
    const { status } = await api.request('POST', '/api/v1/services/', {
      as: 'nobody',
      json: { name: `made by cookie ${expected}` },
      headers: { Cookie, ...headers } as Record<string, string>,
    });
    expect(status).toBe(expected);
  });

  it('a session token is no API token, and the other way round', async () => {
    const session = (await signIn()).split('=')[1]!;
    const asToken = await api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { Authorization: `Token ${session}` } });
    expect(asToken.status).toBe(401);
  });

  it('has the __Host- prefix under https', async () => {
    const { createApp } = await import('../../src/api/app.ts');
    const secure = createApp({ ...api.deps, config: { ...api.deps.config, baseUrl: 'https://imas.test' } });
    const response = await secure.request('/api/auth/session/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'https://imas.test' },
      body: JSON.stringify({ username: 'ann', password }),
    });
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-imas_session=.*; Path=\/.*HttpOnly.*Secure/);
    expect(response.headers.get('strict-transport-security')).toMatch(/max-age/);
  });
});

describe('a sign-in whose cookie the browser would not keep', () => {
  async function signInAt(origin: string, base: string, headers: Record<string, string> = {}) {
    const { createApp } = await import('../../src/api/app.ts');
    const app = createApp({ ...api.deps, config: { ...api.deps.config, baseUrl: base } });
    const response = await app.request('/api/auth/session/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: origin, Host: new URL(origin).host, ...headers },
      body: JSON.stringify({ username: 'ann', password }),
    });
    const { detail = '' } = (await response.json()) as { detail?: string };
    return { status: response.status, detail, cookie: response.headers.get('set-cookie') };
  }

  it('over plain http, for an https address, says why and where to go', async () => {
    const { status, detail, cookie } = await signInAt('http://imas.test:8000', 'https://imas.test');
    expect(status).toBe(403);
    expect(detail).toMatch(
      /over plain http.*refuse the session cookie.*Open https:\/\/imas\.test\/ .*IMAS_BASE_URL.*http:\/\/imas\.test:8000/,
    );
    expect(cookie).toBeNull();
  });

  it('on the machine itself the browser keeps it', async () => {
    expect(await signInAt('http://localhost:8000', 'https://imas.test')).toMatchObject({ status: 200 });
  });

  it('over https, for an http address, is kept', async () => {
    expect(await signInAt('https://imas.test', 'http://imas.test')).toMatchObject({ status: 200 });
  });

  it('under a name that the proxy does not pass on, says which it is and which is set', async () => {
    const { status, detail } = await signInAt('https://imas.test', 'http://localhost:8000', { Host: '10.0.0.5:8000' });
    expect(status).toBe(403);
    expect(detail).toContain('came from https://imas.test; IMAS_BASE_URL is http://localhost:8000');
  });
});

describe('passwords', () => {
  it('fit only themselves', async () => {
    const stored = await hashPassword('päss');
    expect(await verifyPassword('pa\u0308ss', stored)).toBe(true);
    expect(await verifyPassword('pass', stored)).toBe(false);
    expect(await verifyPassword('pass', null)).toBe(false);
    expect(await verifyPassword('pass', 'garbage')).toBe(false);
    expect(await hashPassword('päss')).not.toBe(stored);
  });
});

it('people say whether they are told that somebody else has what they were paged for', async () => {
  const profile = '/api/v1/me/profile/';
  expect((await api.request('GET', profile, { as: 'member' })).body.tell_when_taken).toBe(true);
  const changed = await api.request('PATCH', profile, { as: 'member', json: { tell_when_taken: false } });
  expect(changed.body).toMatchObject({ tell_when_taken: false, language: null });
  await api.request('PATCH', profile, { as: 'member', json: { language: 'fr' } });
  expect((await api.request('GET', profile, { as: 'member' })).body).toMatchObject({ tell_when_taken: false, language: 'fr' });
  expect((await api.request('GET', profile)).body.tell_when_taken).toBe(true);
});
