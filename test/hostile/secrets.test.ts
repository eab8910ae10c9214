import { createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { smtpError, startMailServer, type MailServer } from '../connectors/emulators/mail-server.ts';
import { subscribedBrowser } from '../connectors/emulators/push/browser.ts';
import { startReceiver, type Receiver } from '../connectors/emulators/receiver.ts';
import { payloadBytes } from '../sources/payloads.ts';
import { imas, startUp, type Up } from '../support/imas.ts';
import { createEmptyDatabase } from '../support/postgres.ts';
import { startDevServer } from '../support/temporal.ts';
import { Planted, readable } from './planted.ts';

const planted = new Planted();
const secret = (name: string): string => `pw ${planted.core(name)} "ü`;
const plain = (name: string): string => planted.core(name);
/** No secret: it must be found wherever secrets are looked for, or looking there proves nothing. */
const control = new Planted();
const incidentTitle = `Disk full ${control.core('title')}`;

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let temporal: TestWorkflowEnvironment;
let mail: MailServer;
let good: Receiver;
let echo: Receiver;
let up: Up;
let pool: Pool;
let dataDir: string;
let settings: Record<string, string>;
let token: string;
let cookie: string;
const providers = new Map<string, string>();
let deviceId: string;
/** Every answer but the one that tells a new token. */
const answers: string[] = [];

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = { authorization: `Token ${token}` }) {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${up.url}${path}`, {
    method,
    body: raw as string | null,
    headers: { ...(raw !== null && { 'content-type': 'application/json' }), ...headers },
  });
  const text = await response.text();
  const noted = `${method} ${path} ${response.status} ${text}`;
  return {
    status: response.status,
    text,
    headers: response.headers,
    json: () => JSON.parse(text) as Record<string, unknown>,
    note: () => answers.push(noted),
  };
}

async function api(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await call(method, path, body, headers);
  answer.note();
  return { status: answer.status, body: answer.text.startsWith('{') ? answer.json() : {} };
}

async function signIn(username: string, password: string): Promise<string> {
  const answer = await call('POST', '/api/auth/token/', { username, password }, {});
  expect(answer.status).toBe(200);
  return answer.json()['token'] as string;
}

async function provider(name: string, type: string, config: unknown): Promise<void> {
  const { status, body } = await api('POST', '/api/v1/providers/', { name, type, config });
  expect(status, JSON.stringify(body)).toBe(201);
  providers.set(name, body['id'] as string);
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'imas-secrets-'));
  await chmod(dataDir, 0o755);
  [database, temporal, mail, good, echo] = await Promise.all([
    createEmptyDatabase(),
    startDevServer(),
    startMailServer({
      login: { user: 'imas', pass: secret('smtp password') },
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      // As some servers do: the refusal repeats what it was sent.
      onAuth({ username, password }, _session, callback) {
        const known = [secret('smtp password'), secret('EMAIL_HOST_PASSWORD')];
        if (known.includes(password ?? '')) callback(null, { user: username ?? '' });
        else callback(smtpError(535, `5.7.8 ${'x'.repeat(150)} not accepted: ${password}`));
      },
    }),
    startReceiver(() => ({ status: 202, body: { ok: true } })),
    startReceiver(({ path, headers, text }) => ({
      status: path.includes('/500/') ? 500 : 400,
      body: `${path} ${JSON.stringify(headers)} ${text}`,
    })),
  ]);
  settings = {
    IMAS_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    PORT: '0',
    IMAS_LOG_LEVEL: 'debug',
    IMAS_SECRET_KEY: secret('IMAS_SECRET_KEY'),
    IMAS_SECRET_KEYS_OLD: secret('IMAS_SECRET_KEYS_OLD').replaceAll(',', ''),
    IMAS_ADMIN_PASSWORD: secret('IMAS_ADMIN_PASSWORD'),
    IMAS_EGRESS_ALLOW: '127.0.0.0/8',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(mail.port),
    EMAIL_USE_TLS: '0',
    EMAIL_HOST_USER: 'imas',
    EMAIL_HOST_PASSWORD: secret('EMAIL_HOST_PASSWORD'),
    DEFAULT_FROM_EMAIL: 'imas@example.com',
  };
  planted.add('database password', decodeURIComponent(new URL(database.url).password));
  up = await startUp(settings);
  pool = new Pool({ connectionString: database.url, max: 2 });
  token = planted.add('API token of the admin', await signIn('admin', secret('IMAS_ADMIN_PASSWORD')));
}, 120_000);

afterAll(async () => {
  up?.child.kill('SIGTERM');
  await up?.ended;
  await pool?.end();
  await temporal?.teardown();
  await Promise.all([mail?.close(), good?.close(), echo?.close(), database?.drop()]);
  await rm(dataDir, { recursive: true, force: true });
});

describe('what the system is told in confidence', () => {
  test('people', async () => {
    const session = await call(
      'POST',
      '/api/auth/session/',
      { username: 'admin', password: secret('IMAS_ADMIN_PASSWORD') },
      { origin: up.url, 'sec-fetch-site': 'same-origin' },
    );
    expect(session.status).toBe(200);
    session.note();
    cookie = /imas_session=([^;]+)/.exec(session.headers.get('set-cookie') ?? '')?.[1] as string;
    planted.add('session cookie', cookie);
    expect((await api('GET', '/api/auth/session/', undefined, { cookie: `imas_session=${cookie}` })).body['user']).toMatchObject({
      username: 'admin',
    });

    const made = await api(
      'POST',
      '/api/v1/users/',
      { username: 'bob', password: secret('user password') },
      { authorization: `Token ${token}`, 'idempotency-key': 'make-bob' },
    );
    expect(made.status).toBe(201);
    planted.add('API token of a user', await signIn('bob', secret('user password')));
    const changed = await api('PATCH', `/api/v1/users/${String(made.body['id'])}/`, { password: secret('changed user password') });
    expect(changed.status).toBe(200);
    planted.add('second API token of a user', await signIn('bob', secret('changed user password')));
  });

  test('mistakes, which are answered without being repeated', async () => {
    const wrong = (body: unknown) => api('POST', '/api/auth/token/', body, {});
    expect((await wrong({ username: 'admin', password: secret('mistyped password') })).status).toBe(401);
    expect((await wrong({ username: secret('password in the place of the name'), password: 'x' })).status).toBe(401);
    expect((await wrong(`{"username":"admin","password":"${plain('password in broken JSON')}"`)).status).toBe(400);
    expect((await wrong({ username: 'admin', password: `${plain('password that is too long')}${'x'.repeat(1024)}` })).status).toBe(422);
    expect((await wrong({ username: 'admin', password: `${plain('password with NUL')}\0` })).status).toBe(422);
    expect((await api('GET', '/api/v1/me/', undefined, { authorization: `Token ${plain('wrong token')}` })).status).toBe(401);
    expect((await api('GET', '/api/v1/me/', undefined, { cookie: `imas_session=${plain('wrong cookie')}` })).status).toBe(401);
    const post = (body: unknown) => api('POST', '/api/v1/providers/', body);
    expect((await post({ name: 'x', type: 'WEBHOOK', config: { url: `no url ${plain('url that is none')}` } })).status).toBe(422);
    expect((await post({ name: 'x', type: 'SMTP', config: { host: 'h', password: [secret('password of another shape')] } })).status).toBe(
      422,
    );
    expect((await post({ name: 'x', type: 'SMTP', config: { passwrod: secret('password under another name') } })).status).toBe(422);
    expect((await post({ name: 'x', type: 'WEBHOOK', config: { url: `http://u:${plain('password in a url')}@h/` } })).status).toBe(422);
    expect(
      (await post({ name: 'x', type: 'WEBHOOK', config: { url: 'http://h/', secret: plain('short secret').slice(0, 15) } })).status,
    ).toBe(422);
  });

  test('providers of every kind, some of which fail', async () => {
    const smtp = { host: '127.0.0.1', port: mail.port, use_tls: false, username: 'imas', from_email: 'imas@example.com' };
    await provider('mail', 'SMTP', { ...smtp, password: secret('smtp password') });
    await provider('mail with a wrong password', 'SMTP', { ...smtp, password: secret('wrong smtp password') });
    await provider('mail by the environment', 'SMTP', {});
    const hook = (name: string, config: object) => provider(name, 'WEBHOOK', { url: `${good.url}/hook`, ...config });
    await hook('token in the path', {
      url: `${good.url}/services/${plain('token in a path')}`,
      events: ['incident.created', 'incident.acknowledged', 'comment.added'],
    });
    await hook('token in the query', { url: `${good.url}/x?key=${plain('token in a query')}` });
    await hook('headers', {
      headers: {
        Authorization: `Bearer ${plain('bearer header')}`,
        'X-Api-Key': plain('api key header'),
        'X-Basic': `Basic ${Buffer.from(`user:${plain('basic header')}`).toString('base64')}`,
      },
    });
    await hook('standard webhooks', { secret: planted.add('whsec secret', `whsec_${randomBytes(32).toString('base64')}`) });
    await hook('signed by a text', { secret: secret('signing text').replace('"', '') });
    await hook('pagerduty', { format: 'pagerduty', routing_key: plain('routing key') });
    await hook('pagerduty by header', { format: 'pagerduty', headers: { routing_key: plain('routing key in the headers') } });
    await hook('template', {
      format: 'custom',
      template: { title: '{{title}}', token: plain('token in a template'), deep: [{ api_key: plain('key deep in a template') }] },
    });
    await hook('echoes with 500', {
      url: `${echo.url}/500/${plain('token that is echoed')}`,
      headers: { Authorization: `Bearer ${plain('header that is echoed')}` },
    });
    await hook('echoes with 400', {
      url: `${echo.url}/400/?t=${plain('query that is echoed')}`,
      headers: { 'X-Key': `${plain('key that is echoed')}` },
      format: 'pagerduty',
      routing_key: plain('routing key that is echoed'),
      secret: secret('signing text that is not sent').replace('"', ''),
    });
    await hook('template that is echoed', {
      url: `${echo.url}/400/a`,
      format: 'custom',
      template: { token: `ab "${plain('token in an echoed template')}` },
    });
    await hook('nobody there', { url: `http://127.0.0.1:1/${plain('token for nobody')}` });
    await hook('not allowed', { url: `http://10.0.0.1/${plain('token for a private address')}` });
    await hook('no such name', { url: `http://nowhere.invalid/${plain('token for no name')}` });
    await hook('not http there', { url: `http://127.0.0.1:${mail.port}/${plain('token for a mail server')}` });
  });

  test('chats, phones and topics, each of which repeats what it was sent', async () => {
    await provider('slack', 'SLACK', {
      bot_token: `xoxb-${plain('Slack bot token')}`,
      signing_secret: plain('Slack signing secret'),
      default_channel: 'C0123456789',
      api_url: `${echo.url}/400/`,
    });
    await provider('discord', 'DISCORD', {
      bot_token: `${plain('Discord bot token')}.GabcdE.${'x'.repeat(38)}`,
      guild_id: '1100000000000000001',
      default_channel: '1100000000000000002',
      api_url: `${echo.url}/400/`,
    });
    await provider('discord webhook', 'DISCORD', {
      webhook_url: `${echo.url}/400/api/webhooks/1100000000000000003/${plain('Discord webhook token')}`,
    });
    await provider('sms', 'OVH_SMS', {
      application_key: 'app-key-0123',
      application_secret: plain('OVH application secret'),
      consumer_key: plain('OVH consumer key'),
      service_name: 'sms-ab1234-1',
      api_url: `${echo.url.replace('http:', 'https:')}/1.0`,
    });
    await provider('ntfy', 'NTFY', { server_url: echo.url, default_topic: 'imas', access_token: `tk_${plain('ntfy token')}` });
    await provider('ntfy with a password', 'NTFY', {
      server_url: echo.url,
      default_topic: 'imas',
      username: 'imas',
      password: secret('ntfy password'),
    });
    await provider('push', 'WEB_PUSH', { contact: 'ops@example.com' });
    const auth = planted.add('key of a device', Buffer.from(plain('auth').slice(0, 16)).toString('base64url'));
    const device = await api('POST', '/api/v1/me/devices', {
      provider_id: providers.get('push'),
      name: 'Phone',
      subscription: {
        endpoint: `${echo.url}/400/${plain('endpoint of a device')}`,
        keys: { p256dh: subscribedBrowser('x').subscription.keys.p256dh, auth },
      },
    });
    expect(device.status, JSON.stringify(device.body)).toBe(201);
    deviceId = String(device.body['id']);
    expect((await api('POST', `/api/v1/me/devices/${deviceId}/test`)).body).toMatchObject({ outcome: 'failed' });
  });

  test('alert sources, and what is sent to them', async () => {
    const make = (source: string, more: object) =>
      api('POST', '/api/v1/alert-sources/', { name: `${source} with secrets`, source, ...more });
    expect((await make('alertmanager', { secret: secret('source secret').replace('ü', 'u') })).status).toBe(201);
    expect((await make('grafana', { signing_secret: secret('grafana signing secret') })).status).toBe(201);
    expect((await make('sentry', { signing_secret: secret('sentry signing secret') })).status).toBe(201);
    // The settings may be a moment old.
    const send = (source: string, body: Uint8Array | string, headers: Record<string, string>) =>
      api('POST', `/api/v1/webhooks/${source}/`, body, headers);
    const bearer = { authorization: `Bearer ${secret('source secret').replace('ü', 'u')}` };
    const payload = payloadBytes('alertmanager-firing');
    await vi.waitFor(async () => expect((await send('alertmanager', payload, {})).status).toBe(401), { timeout: 10_000 });
    await vi.waitFor(async () => expect((await send('alertmanager', payload, bearer)).status).toBe(202), { timeout: 10_000 });
    expect((await send('alertmanager', '{"alerts": 1}', bearer)).status).toBe(422);
    expect((await send('alertmanager', payload, { authorization: `Bearer ${plain('wrong source secret')}` })).status).toBe(401);
    const grafana = payloadBytes('grafana-firing');
    const sign = (key: string, bytes: Uint8Array) => createHmac('sha256', key).update(bytes).digest('hex');
    const signature = { 'x-grafana-alerting-signature': sign(secret('grafana signing secret'), grafana) };
    await vi.waitFor(async () => expect((await send('grafana', grafana, signature)).status).toBe(202), { timeout: 10_000 });
    const sentry = payloadBytes('sentry-issue-created');
    await vi.waitFor(
      async () =>
        expect((await send('generic', sentry, { 'sentry-hook-signature': sign(secret('sentry signing secret'), sentry) })).status).toBe(
          202,
        ),
      { timeout: 10_000 },
    );
  });

  test('an incident that pages by all of them', { timeout: 60_000 }, async () => {
    const addressOf = (name: string): { address?: string } => {
      if (name.startsWith('mail')) return { address: 'ann@example.com' };
      if (name === 'sms') return { address: '+33612345678' };
      return name === 'push' ? { address: deviceId } : {};
    };
    for (const [name, id] of providers)
      expect((await api('POST', `/api/v1/providers/${id}/test/`, addressOf(name))).status, name).toBe(200);
    const targets = [...providers].map(([name, id]) => ({ type: 'provider', id, ...addressOf(name) }));
    const policy = await api('POST', '/api/v1/escalation-policies/', {
      name: 'All of them',
      levels: [{ delay_seconds: 3600, targets }],
      fallback: targets,
      repeat: 0,
    });
    expect(policy.status, JSON.stringify(policy.body)).toBe(201);
    const service = await api('POST', '/api/v1/services/', { name: 'everything', escalation_policy: policy.body['id'] });
    expect(service.status, JSON.stringify(service.body)).toBe(201);
    const incident = await api('POST', '/api/v1/incidents/', {
      title: incidentTitle,
      service: service.body['id'],
      severity: 'SEV1_CRITICAL',
    });
    expect(incident.status).toBe(201);
    await vi.waitFor(
      async () => {
        const { rows } = await pool.query<{ n: number }>(
          `select count(distinct provider_id)::int as n from deliveries where incident_id = $1 and state in ('sent', 'failed')`,
          [incident.body['id']],
        );
        expect(rows[0]?.n).toBe(providers.size);
      },
      { timeout: 45_000, interval: 200 },
    );
    const path = `/api/v1/incidents/${String(incident.body['short_id'])}`;
    const stream = await fetch(`${up.url}/api/v1/events/`, {
      headers: { authorization: `Token ${token}` },
      signal: AbortSignal.timeout(50_000),
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    for (const action of ['acknowledge', 'comments', 'escalate', 'reopen', 'resolve'])
      await api('POST', `${path}/${action}/`, action === 'comments' ? { text: 'Looking' } : {});
    let events = '';
    while (!events.includes('event: change')) events += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    answers.push(events);
    await vi.waitFor(async () => expect((await api('GET', `${path}/`)).body['status']).toBe('RESOLVED'), { timeout: 20_000 });
  });

  test('was used: the other sides have it', () => {
    const seen = [...good.requests, ...echo.requests]
      .map((request) => JSON.stringify([request.path, request.headers, request.text]))
      .join('\n');
    const found = planted.foundIn(seen);
    for (const name of [
      'token in a path',
      'token in a query',
      'bearer header',
      'api key header',
      'basic header',
      'routing key',
      'routing key in the headers',
      'token in a template',
      'key deep in a template',
      'token that is echoed',
      'key that is echoed',
      'token in an echoed template',
      'Slack bot token',
      'Discord bot token',
      'Discord webhook token',
      'ntfy token',
      'endpoint of a device',
    ]) {
      expect(found).toContain(name);
    }
    expect(mail.mails.length).toBeGreaterThanOrEqual(4);
    expect(planted.names.length).toBeGreaterThanOrEqual(50);
  });
});

describe('it is nowhere', () => {
  const nowhere = (text: string, where: string): void => expect(planted.foundIn(text), where).toEqual([]);

  test('though it would be found, however it was encoded', () => {
    const secretText = plain('token in a path');
    const told = (text: string) => planted.foundIn(text);
    for (const lead of ['', 'x', 'xy', 'user:']) {
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        expect(told(`.${Buffer.from(`${lead}${secretText}${lead}`).toString(encoding)}.`), `${lead} ${encoding}`).toEqual([
          'token in a path',
        ]);
      }
    }
  });

  test('in the database, whole', async () => {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(20);
    let dump = '';
    for (const { name } of tables) {
      const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      nowhere(text, name);
      dump += text;
    }
    expect(control.foundIn(dump)).toEqual(['title']);
    expect(dump).toMatch(/v1\.[0-9a-f]{8}\.[\w-]{16}\./);
  });

  test('in the logs of API and worker, at debug level', async () => {
    const dir = join(dataDir, 'logs');
    const files = await readdir(dir);
    expect(files).toEqual(expect.arrayContaining(['api.log', 'worker.log']));
    for (const file of files) {
      const text = await readFile(join(dir, file), 'utf8');
      expect(text.length, file).toBeGreaterThan(200);
      nowhere(text, file);
    }
    nowhere(up.said.join('\n'), 'what "imas up" says');
  });

  test('in any answer of the API', async () => {
    const document = (await api('GET', '/api/v1/openapi.json')).body as { paths: Record<string, { get?: object }> };
    const gets = Object.entries(document.paths)
      .filter(([path, item]) => item.get !== undefined && path !== '/api/v1/events/')
      .map(([path]) => path);
    let read = 0;
    for (const path of gets.filter((each) => !each.includes('{'))) {
      const { status, body } = await api('GET', path);
      if (!/audience|simulations/.test(path)) expect(status, path).toBe(200);
      read += 1;
      const rows = (body as { results?: { id: string }[] }).results ?? [];
      for (const { id } of rows) {
        for (const below of gets.filter((each) => each.startsWith(`${path}{id}/`) && each.split('{').length === 2)) {
          const answer = await api('GET', below.replace('{id}', id));
          if (!/document|on-call/.test(below)) expect(answer.status, below).toBe(200);
          read += 1;
        }
      }
    }
    expect(read).toBeGreaterThan(60);
    for (const answer of answers) nowhere(answer, answer.slice(0, 100));
    expect(control.foundIn(answers.join('\n'))).toEqual(['title']);
  });

  test('in pages and figures', async () => {
    for (const path of [
      '/',
      '/dashboard/',
      '/dashboard/incidents/',
      '/admin/core/notificationprovider/',
      '/sign-in',
      '/metrics',
      '/health/ready',
      '/api/docs/',
    ]) {
      const answer = await call('GET', path, undefined, { cookie: `imas_session=${cookie}` });
      nowhere(`${JSON.stringify([...answer.headers])} ${answer.text}`, path);
    }
  });

  test('in the histories of workflows', async () => {
    const { client } = temporal;
    let histories = 0;
    let all = '';
    await vi.waitFor(
      async () => {
        const { count } = await client.workflow.count();
        expect(count).toBeGreaterThan(1);
      },
      { timeout: 10_000 },
    );
    for await (const { workflowId, runId, memo, searchAttributes } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const text = readable([history, memo, searchAttributes]);
      nowhere(text, workflowId);
      all += text;
      histories += 1;
    }
    expect(histories).toBeGreaterThan(1);
    expect(control.foundIn(all)).toEqual(['title']);
  });
});

test('the key is changed while everything runs', { timeout: 60_000 }, async () => {
  // The processes know both keys, as after the first step of "imas reseal --help".
  const changed = {
    ...settings,
    IMAS_SECRET_KEY: settings['IMAS_SECRET_KEYS_OLD'] as string,
    IMAS_SECRET_KEYS_OLD: settings['IMAS_SECRET_KEY'] as string,
  };
  const { code, stdout, stderr } = await imas(['reseal', '--json'], changed);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout) as { resealed: number; unreadable: string[] };
  expect(report.resealed).toBeGreaterThan(25);
  expect(report.unreadable).toEqual([]);
  expect(planted.foundIn(stdout + stderr)).toEqual([]);
  // The archiver, which still has the old key first, may have sealed the end of its chain again.
  const second = JSON.parse((await imas(['reseal', '--json'], changed)).stdout) as typeof report;
  expect(second.resealed).toBeLessThanOrEqual(1);
  const sent = await api('POST', `/api/v1/providers/${providers.get('mail') ?? ''}/test/`, { address: 'ann@example.com' });
  expect(sent.body).toMatchObject({ outcome: 'sent' });
  const grafana = payloadBytes('grafana-resolved');
  const signature = createHmac('sha256', secret('grafana signing secret')).update(grafana).digest('hex');
  await vi.waitFor(
    async () =>
      expect((await api('POST', '/api/v1/webhooks/grafana/', grafana, { 'x-grafana-alerting-signature': signature })).status).toBe(202),
    { timeout: 10_000 },
  );
});
