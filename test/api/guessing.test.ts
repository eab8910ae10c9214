import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { pino } from 'pino';
import { createApp } from '../../src/api/app.ts';
import { createOriginOf } from '../../src/api/auth/client-address.ts';
import { counted, paces, waitMs } from '../../src/api/auth/guess-pace.ts';
import { createGuesses, type GuessedBy } from '../../src/api/auth/guesses.ts';
import { createSecretGuesses } from '../../src/api/auth/secret-guesses.ts';
import { readConfig } from '../../src/config.ts';
import { type Api, baseUrl, password, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  const config = readConfig({ IMAS_BASE_URL: baseUrl, IMAS_TRUSTED_PROXIES: '10.0.0.0/8', IMAS_SECRET_KEY: 'a key for the tests alone' });
  api = await startApi({ config });
});
afterAll(() => api.close());
beforeEach(() => api.database.pool.query('truncate guess_counts'));

interface Sender {
  readonly peer?: string;
  readonly forwardedFor?: string;
  readonly cookie?: string;
}

async function signIn(username: string, attempt: string, { peer = '198.51.100.7', forwardedFor, cookie }: Sender = {}, app = api.app) {
  const response = await app.request(
    '/api/auth/session/',
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Origin: baseUrl,
        ...(forwardedFor !== undefined && { 'X-Forwarded-For': forwardedFor }),
        ...(cookie !== undefined && { Cookie: cookie }),
      },
      body: JSON.stringify({ username, password: attempt }),
    },
    { incoming: { socket: { remoteAddress: peer } } },
  );
  const retryAfter = Number(response.headers.get('retry-after') ?? 0);
  const { detail } = (await response.json()) as { detail?: string };
  return { status: response.status, retryAfter, detail, cookies: response.headers.getSetCookie() };
}

/** As if so much time had passed. */
const later = (seconds: number) =>
  api.database.pool.query('update guess_counts set counted_at = counted_at - make_interval(secs => $1)', [seconds]);

/** Passwords take their time: what was tried before is counted without them. */
async function guessed(times: number, ...by: readonly GuessedBy[]): Promise<void> {
  const { pool } = api.database;
  const guesses = createGuesses({ pool, secretKey: api.deps.config.secretKey, log: api.deps.log });
  for (let n = 0; n < times; n += 1) await guesses.count(by);
}

const browserCookie = (cookies: readonly string[]): string =>
  cookies.find((cookie) => cookie.startsWith('imas_browser='))?.split(';')[0] ?? '';

describe('a stranger who guesses', () => {
  it('with a hundred made-up names holds up his own network for seconds, and no other', async () => {
    await guessed(paces.network.free, ['network', '198.51.100.0/24']);
    const statuses: number[] = [];
    for (let n = 0; n < 80; n += 1) statuses.push((await signIn(`made up ${n}`, 'no')).status);
    expect(statuses.slice(0, 1)).toEqual([401]);
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(15);
    expect((await signIn('bob', password, { peer: '203.0.113.9' })).status).toBe(200);
    await guessed(1, ['network', '198.51.100.0/24']);
    const here = await signIn('bob', password);
    expect(here.status).toBe(429);
    expect(here.detail).toMatch(/^Too many wrong attempts\. Try again in /);
    expect(here.retryAfter).toBeLessThanOrEqual(16);
    await later(here.retryAfter);
    expect((await signIn('bob', password)).status).toBe(200);
  }, 60_000);

  const ownNetwork = '198.51.100.0/24';
  const onAnn = [
    ['accountFromNetwork', 'ann', ownNetwork],
    ['account', 'ann'],
    ['network', ownNetwork],
  ] as const satisfies GuessedBy[];

  it('keeps nobody out of a browser in which they signed in before', async () => {
    const { cookies } = await signIn('ann', password);
    const known = cookies.find((cookie) => cookie.startsWith('imas_browser=')) ?? '';
    expect(known).toMatch(/HttpOnly/i);
    expect(known).toMatch(/SameSite=Lax/i);
    await guessed(paces.accountFromNetwork.free + 1, ...onAnn);
    expect((await signIn('ann', password)).status).toBe(429);
    expect((await signIn('ann', password, { cookie: browserCookie(cookies) })).status).toBe(200);
  });

  it('gains nothing from another account’s browser, or from one that he made up', async () => {
    const { cookies } = await signIn('bob', password);
    const own = browserCookie(cookies);
    const forged = own.replace(api.users.member, api.users.staff);
    expect(forged).not.toBe(own);
    await guessed(paces.accountFromNetwork.free + 2, ...onAnn);
    expect((await signIn('ann', password, { cookie: own })).status).toBe(429);
    expect((await signIn('ann', password, { cookie: forged })).status).toBe(429);
  });

  it('who has the browser is slowed there too', async () => {
    const cookie = browserCookie((await signIn('ann', password)).cookies);
    const id = /=([^%:]+)/.exec(cookie)?.[1] ?? '';
    await guessed(paces.browser.free + 2, ['browser', id, 'ann']);
    expect((await signIn('ann', password, { cookie })).status).toBe(429);
  });

  it('waits longer each time', async () => {
    const guesses = createGuesses({ pool: api.database.pool, secretKey: null, log: api.deps.log });
    const waits: number[] = [];
    for (let n = 0; n < 14; n += 1) {
      const wait = Math.ceil((await guesses.count(onAnn)) / 1_000);
      if (wait === 0) continue;
      waits.push(wait);
      await later(wait);
    }
    expect(waits).toEqual([1, 2, 4, 8]);
  });

  it('is counted by all processes together, and side by side too', async () => {
    await guessed(paces.accountFromNetwork.free - 1, ...onAnn);
    const other = createApp({ ...api.deps });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => signIn('ann', 'no', {}, n % 2 === 0 ? api.app : other)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(2);
  });

  it('from many networks is slowed by the account', async () => {
    await guessed(paces.account.free + 2, ['account', 'ann']);
    expect((await signIn('ann', password, { peer: '198.18.99.1' })).status).toBe(429);
  });

  it('leaves no name behind that was typed', async () => {
    await signIn('a password typed as a name', 'no');
    const { rows } = await api.database.pool.query(`select row_to_json(g)::text || encode(key, 'escape') as row from guess_counts g`);
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain('typed');
  });
});

describe('who is behind a proxy', () => {
  it('is slowed alone, when the proxy is trusted', async () => {
    await guessed(paces.network.free + 2, ['network', '192.0.2.0/24']);
    expect((await signIn('ann', password, { peer: '10.0.0.1', forwardedFor: '192.0.2.66' })).status).toBe(429);
    expect((await signIn('ann', password, { peer: '10.0.0.1', forwardedFor: '192.0.3.7' })).status).toBe(200);
  }, 60_000);

  test.each([
    ['a stranger’s own words count for nothing', '198.51.100.7', '1.1.1.1', '198.51.100.0/24'],
    ['what a stranger put before the proxy’s', '10.0.0.1', '1.1.1.1, 192.0.2.9', '192.0.2.0/24'],
    ['several proxies in a row', '::ffff:10.0.0.1', '192.0.2.9, 10.7.7.7', '192.0.2.0/24'],
    ['IPv6 by what one line has', '10.0.0.1', '2001:db8:1:2ff::5', '2001:db8:1:200::/56'],
    ['a port behind it', '10.0.0.1', '192.0.2.9:4711', '192.0.2.0/24'],
    ['a port behind IPv6', '10.0.0.1', '[2001:db8::5]:4711', '2001:db8::/56'],
    ['no address at all', '10.0.0.1', 'unknown', '10.0.0.0/24'],
    ['no header', '10.0.0.1', undefined, '10.0.0.0/24'],
    ['none but proxies', '10.0.0.1', '10.0.0.2', '10.0.0.0/24'],
  ])('%s', (_what, peer, forwardedFor, network) => {
    expect(createOriginOf({ trustedProxies: ['10.0.0.0/8'] })(peer, forwardedFor).network).toBe(network);
  });

  it('a setting that is no network is refused', () => {
    expect(() => readConfig({ IMAS_TRUSTED_PROXIES: '10.0.0.0/8, proxy.example' })).toThrow(/IMAS_TRUSTED_PROXIES/);
  });
});

describe('API tokens', () => {
  it('wrong ones are slowed, a right one beside them is not', async () => {
    await guessed(paces.token.free - 2, ['token', 'unknown']);
    const asWrong = () => api.request('GET', '/api/v1/me/', { as: 'nobody', headers: { Authorization: 'Token wrong' } });
    const statuses = new Set<number>();
    for (let n = 0; n < 200 && !statuses.has(429); n += 1) statuses.add((await asWrong()).status);
    expect([...statuses]).toEqual([401, 429]);
    expect((await api.request('GET', '/api/v1/me/')).status).toBe(200);
  }, 60_000);
});

describe('secrets of alert sources', () => {
  it('guesses are slowed, and a network that alerts come from is not', async () => {
    const guesses = createGuesses({ pool: api.database.pool, secretKey: null, log: pino({ level: 'silent' }) });
    const slow = createSecretGuesses(guesses, pino({ level: 'silent' }));
    for (let n = 0; n < paces.webhook.free + 2; n += 1) await slow.wasWrong('grafana', '198.51.100.0/24');
    expect(slow.waitSeconds('grafana', '198.51.100.0/24')).toBeGreaterThan(0);
    expect(slow.waitSeconds('datadog', '198.51.100.0/24')).toBe(0);
    expect(slow.waitSeconds('grafana', '203.0.113.0/24')).toBe(0);
    slow.wasRight('grafana', '198.51.100.0/24');
    await slow.wasWrong('grafana', '198.51.100.0/24');
    expect(slow.waitSeconds('grafana', '198.51.100.0/24')).toBe(0);
  });
});

describe('the pace', () => {
  it('never makes anybody wait for longer than a minute, and forgives', () => {
    let count = { guesses: 0, countedAtMs: 0 };
    for (let n = 0; n < 1_000; n += 1) count = counted(count, paces.account, 0, 1);
    expect(waitMs(count, paces.account, 0)).toBe(60_000);
    expect(waitMs(counted(count, paces.account, 3600_000 * 24, 1), paces.account, 3600_000 * 24)).toBe(0);
  });
});
