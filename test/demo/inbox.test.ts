import { createServer, type AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
import { createTransport } from 'nodemailer';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/connectors/registry.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openConfig } from '../../src/connections/stored-config.ts';
import type { InboxMessage } from '../../src/demo/inbox.ts';
import { startDemoInbox, type DemoInbox } from '../../src/demo/start-demo-inbox.ts';
import { createDemoWebhookSink } from '../../src/demo/webhook-sink.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { addSampleData } from '../../src/embedded/sample-data.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { ensureEssentials } from '../../src/db/ensure-essentials.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendBy } from '../connectors/send.ts';

const log = pino({ level: 'silent' });
const box = createSecretBox({ key: 'a passphrase of this test', oldKeys: [] });
const registry = createRegistry({ mail: null });
const egress = createEgress({ allow: ['127.0.0.0/8', '::1'] });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await ensureEssentials(database.pool, { admin: { username: 'admin', passwordHash: null }, sources: registry.sources() });
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('truncate inbox_messages restart identity'));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(port: number): Promise<DemoInbox> {
  const inbox = await startDemoInbox({ pool: database.pool, config: { baseUrl: 'http://localhost:8000', demoSmtpPort: port }, log });
  closers.push(() => inbox.close());
  return inbox;
}

/** The newest first. */
async function kept(): Promise<InboxMessage[]> {
  const { rows } = await database.pool.query<InboxMessage>(
    'select channel, message_key as "messageKey", recipient, subject, headers, text, html, body from inbox_messages order by id desc',
  );
  return rows;
}

/** A port that another program has taken. */
async function busyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function sendFrom(provider: 'Demo mail' | 'Demo webhook', address: string | null, deliveryId: string) {
  const { rows } = await database.pool.query<{ id: string; type: string; config: Record<string, unknown> }>(
    'select id, type, config from providers where name = $1',
    [provider],
  );
  const connector = registry.byType(rows[0]!.type) as Connector;
  const config = openConfig(connector, `providers/${rows[0]!.id}`, rows[0]!.config, box);
  return sendBy(connector, { config, door: egress, to: address, actId: deliveryId });
}

describe('the sample mail provider', () => {
  it('reaches the inbox, although the port that it was to have is in use', async () => {
    const taken = await busyPort();
    await addSampleData(database.pool, { smtpPort: taken, baseUrl: 'http://localhost:8000' });
    const inbox = await start(taken);
    expect(inbox.smtpPort).not.toBe(taken);
    expect(inbox).toMatchObject({ smtpUrl: `smtp://127.0.0.1:${inbox.smtpPort}`, webhookUrl: 'http://localhost:8000/demo/inbox/webhook' });

    expect(await sendFrom('Demo mail', 'ann@example.com', 'delivery-1')).toMatchObject({ ok: true });
    const [message] = await kept();
    expect(message).toMatchObject({
      channel: 'mail',
      recipient: 'ann@example.com',
      subject: '[INC-ABC123] New incident · SEV1 Critical · Redis is down',
      messageKey: '<delivery-1@imas.example.com>',
      body: null,
    });
    expect(message!.text).toContain('No replica answers');
    expect(message!.html).toContain('Acknowledge or view');
    expect(message!.headers).toMatchObject({ 'auto-submitted': 'auto-generated' });
  });

  it('stays as people changed it', async () => {
    await addSampleData(database.pool, { smtpPort: 2525, baseUrl: 'http://localhost:8000' });
    await database.pool.query(
      `update providers set config = config || '{"host": "mail.corp.example", "port": 25}', updated_at = now() where name = 'Demo mail'`,
    );
    await addSampleData(database.pool, { smtpPort: 2526, baseUrl: 'http://localhost:8000' });
    await start(await freePort());
    const { rows } = await database.pool.query<{ config: unknown }>(`select config from providers where name = 'Demo mail'`);
    expect(rows[0]!.config).toMatchObject({ host: 'mail.corp.example', port: 25 });
  });
});

describe('the mail server of the inbox', () => {
  it('takes the port that it is given, and keeps one message for each recipient', async () => {
    const port = await freePort();
    const inbox = await start(port);
    expect(inbox.smtpPort).toBe(port);
    await createTransport({ host: '127.0.0.1', port, ignoreTLS: true }).sendMail({
      from: 'a@example.com',
      to: ['b@example.com', 'c@example.com'],
      subject: 'Grüße 🔴',
      text: 'x\0y',
    });
    expect((await kept()).map(({ recipient, subject, text }) => [recipient, subject, text?.trim()])).toEqual([
      ['c@example.com', 'Grüße 🔴', 'xy'],
      ['b@example.com', 'Grüße 🔴', 'xy'],
    ]);
  });

  it('takes no mail of more than 5 MB, and lives on', async () => {
    const { smtpPort } = await start(await freePort());
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
    await expect(transport.sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'x'.repeat(6_000_000) })).rejects.toMatchObject({
      message: expect.stringMatching(/552|size/i) as unknown,
    });
    await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'small' });
    expect(await kept()).toHaveLength(1);
  });

  it('asks to try again while the store is away', async () => {
    const other = await createTestDatabase();
    const inbox = await startDemoInbox({
      pool: other.pool,
      config: { baseUrl: 'http://localhost:8000', demoSmtpPort: await freePort() },
      log,
    });
    closers.push(() => inbox.close());
    await other.close();
    await expect(
      createTransport({ host: '127.0.0.1', port: inbox.smtpPort, ignoreTLS: true }).sendMail({
        from: 'a@example.com',
        to: 'b@example.com',
        text: 'x',
      }),
    ).rejects.toMatchObject({ responseCode: 451 });
  });
});

describe('the webhook sink', () => {
  const app = () => new Hono().route('/demo/inbox/webhook', createDemoWebhookSink({ pool: database.pool }));

  it('keeps what a webhook provider sends', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = serve({ fetch: app().fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port));
      closers.push(() => new Promise((closed) => server.close(closed)));
    });
    await addSampleData(database.pool, { smtpPort: 2525, baseUrl: `http://127.0.0.1:${port}` });
    expect(await sendFrom('Demo webhook', null, 'delivery-9')).toEqual({
      ok: true,
      value: { id: 'delivery-9', url: null, receipt: 'HTTP 202' },
    });
    const [message] = await kept();
    expect(message).toMatchObject({
      channel: 'webhook',
      recipient: '/demo/inbox/webhook',
      subject: 'Redis is down',
      messageKey: 'delivery-9',
      body: { source: 'imas-manager', severity: 'SEV1_CRITICAL' },
    });
  });

  it('keeps any body, and no credential', async () => {
    const post = (path: string, body: string) =>
      app().request(`/demo/inbox/webhook${path}`, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer T0KEN', 'webhook-id': 'w-1' },
      });
    for (const body of ['', 'no json', '{"a": "\\u0000b"}', '[1]', 'null']) expect((await post('/team', body)).status).toBe(202);
    const messages = await kept();
    expect(messages).toHaveLength(5);
    expect(messages[0]).toMatchObject({ recipient: '/demo/inbox/webhook/team', subject: 'Webhook', messageKey: 'w-1' });
    expect(JSON.stringify(messages)).not.toContain('T0KEN');
    expect((await post('', 'x'.repeat(300_000))).status).toBe(413);
  });
});

describe('the inbox', () => {
  const send = (body: unknown) =>
    createDemoWebhookSink({ pool: database.pool }).request('/', { method: 'POST', body: JSON.stringify(body) });

  it('keeps the newest 2,000', async () => {
    await database.pool.query(
      `insert into inbox_messages (channel, recipient, subject) select 'mail', 'x', 'old' from generate_series(1, 2100)`,
    );
    await send({ title: 'newest' });
    const { rows } = await database.pool.query<{ count: string; newest: string }>(
      'select count(*), max(subject) filter (where id = (select max(id) from inbox_messages)) as newest from inbox_messages',
    );
    expect(rows[0]).toEqual({ count: '2000', newest: 'newest' });
  });
});
