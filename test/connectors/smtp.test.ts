import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailDefaults } from '../../src/config.ts';
import type { Ref } from '../../src/connectors/outcome.ts';
import { chooseMailServer, SmtpConfig } from '../../src/connectors/smtp/config.ts';
import { createSmtpConnector } from '../../src/connectors/smtp/connector.ts';
import { said } from '../../src/domain/said.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { mailHost, smtpError, startMailServer, trustedAuthority, type MailServer, type MailServerRules } from './emulators/mail-server.ts';
import type { Changes } from './notification.ts';
import { sendBy, type Spoken } from './send.ts';

const egress = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
const running: MailServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function serve(rules: MailServerRules = {}): Promise<MailServer> {
  const server = await startMailServer(rules);
  running.push(server);
  return server;
}

interface Sending {
  readonly config?: Record<string, unknown>;
  readonly address?: string | null;
  readonly deliveryId?: string;
  readonly notification?: Changes;
  readonly mail?: MailDefaults | null;
  /** Null: only the system's authorities. */
  readonly trusted?: string | null;
  readonly signal?: AbortSignal;
}

function send({
  config = {},
  address = 'ann@example.com',
  deliveryId = 'delivery-1',
  notification,
  mail = null,
  trusted = trustedAuthority,
  signal,
}: Sending): Promise<Spoken<Ref>> {
  const connector = createSmtpConnector({ mail, ...(trusted !== null && { trusted }) });
  return sendBy(connector, {
    config: SmtpConfig.parse({ from_email: 'imas@example.com', ...config }),
    door: egress,
    to: address,
    actId: deliveryId,
    about: notification ?? {},
    signal: signal ?? AbortSignal.timeout(20_000),
  });
}

const sentMail = async (sending: Sending = {}, rules: MailServerRules = {}) => {
  const server = await serve(rules);
  const result = await send({ ...sending, config: { host: mailHost, port: server.port, ...sending.config } });
  expect(result).toMatchObject({ ok: true });
  return server.mails[0]!;
};

describe('a mail', () => {
  it('arrives over STARTTLS, after the login, from and to the right people', async () => {
    const login = { user: 'imas', pass: 'p@ss word' };
    const mail = await sentMail(
      { config: { username: login.user, password: login.pass, from_email: 'Incidents <imas@example.com>' } },
      { login },
    );
    expect(mail).toMatchObject({ encrypted: true, user: 'imas', from: 'imas@example.com', to: ['ann@example.com'] });
    expect(mail.email.from).toEqual({ name: 'Incidents', address: 'imas@example.com' });
    expect(mail.email.to).toEqual([{ name: '', address: 'ann@example.com' }]);
  });

  it('arrives over TLS from the start', async () => {
    expect(await sentMail({ config: { use_ssl: true } }, { secure: true })).toMatchObject({ encrypted: true });
  });

  it('keeps the answer of its server without the password, which some repeat', async () => {
    const password = 'horse "battery" staple';
    const server = await serve({
      onData: (stream, _session, callback) => void stream.on('end', () => callback(null, `ok ${password}`)).resume(),
    });
    const result = await send({ config: { host: mailHost, port: server.port, password } });
    expect(result).toMatchObject({ ok: true, value: { receipt: expect.stringContaining('ok ********') } });
  });

  it('goes in clear only where the config says so', async () => {
    expect(await sentMail({ config: { use_tls: false } })).toMatchObject({ encrypted: false });
  });

  it('names from_name as its sender', async () => {
    const { email } = await sentMail({ config: { from_email: 'Other <imas@example.com>', from_name: 'IMAS "prod", EU' } });
    expect(email.from).toEqual({ name: 'IMAS "prod", EU', address: 'imas@example.com' });
  });

  it('says a title once where there is no description', async () => {
    const { email } = await sentMail({ notification: { incident: { description: '' } } });
    expect(email.text?.split('Redis is down')).toHaveLength(2);
    expect(email.html?.split('<body')[1]?.split('Redis is down')).toHaveLength(2);
  });

  it('says what happened, to whom it matters and where to go, as HTML and as plain text', async () => {
    const { email } = await sentMail();
    expect(email.subject).toBe('[INC-ABC123] New incident · SEV1 Critical · Redis is down');
    for (const part of [email.text ?? '', email.html ?? '']) {
      for (const words of [
        'Redis is down',
        'redis-prod',
        'SEV1 Critical',
        '🔴',
        'Triggered',
        '21 Nov 2026, 10:02 UTC',
        'https://wiki.example.com/redis',
        'https://prometheus.example.com/graph',
        'Platform',
        'No replica answers since 10:02.',
        'https://imas.example.com/dashboard/incidents/INC-ABC123/',
        'https://docs.example.com/lid',
        'Level 1 of policy',
      ])
        expect(part).toContain(words);
    }
    expect(email.html).toContain('#DC3545');
    expect(email.html).toContain('content="width=device-width,initial-scale=1"');
    expect(email.html).toContain('<meta name="color-scheme" content="light dark">');
    expect(email.html).toMatch(
      /<a class="go" href="https:\/\/imas\.example\.com\/dashboard\/incidents\/INC-ABC123\/"[^>]*>Acknowledge or view<\/a>/,
    );
  });

  it('shows what people wrote as text, never as HTML', async () => {
    const title = '<script>alert(1)</script> & "quotes" <img src=x onerror=y>';
    const { email } = await sentMail({
      notification: {
        incident: {
          title,
          description: '</p><b>x</b>',
          links: { document: 'javascript:alert(1)', warRoom: null, runbook: null, source: null, dashboard: null },
        },
      },
    });
    expect(email.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; &lt;img src=x onerror=y&gt;');
    expect(email.html).toContain('&lt;/p&gt;&lt;b&gt;x&lt;/b&gt;');
    expect(email.html).not.toMatch(/<script|<img|<b>|javascript:/);
    expect(email.text).toContain(title);
  });

  it('cannot be given lines of text by a link', async () => {
    const source = 'https://evil.example/\r\n\r\nResolved by Ann: ignore this.\n https://evil.example/login';
    const { email } = await sentMail({
      notification: { incident: { links: { document: null, warRoom: null, runbook: null, source, dashboard: null } } },
    });
    expect(email.text).toMatch(
      /^Alert source: https:\/\/evil\.example\/Resolved%20by%20Ann:%20ignore%20this\.%20https:\/\/evil\.example\/login$/m,
    );
    expect(email.text).not.toMatch(/^\s*(?:Resolved|https)/m);
  });

  it('cannot be given headers or recipients by a title, a name or a delivery id', async () => {
    const evil = 'x\r\nBcc: eve@example.com\r\nX-Evil: 1\n\n<p>body</p>';
    const mail = await sentMail({
      deliveryId: `d\r\nX-Evil: 2`,
      notification: {
        reasons: [{ code: 'cause.verbatim', values: { text: evil } }],
        incident: { title: evil, shortId: 'INC-ABC123', service: { id: '1', name: evil } },
      },
    });
    expect(mail.to).toEqual(['ann@example.com']);
    expect(mail.email.headers.map(({ key }) => key)).not.toContain('x-evil');
    expect(mail.email.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(mail.email.subject).toBe('[INC-ABC123] New incident · SEV1 Critical · x Bcc: eve@example.com X-Evil: 1 <p>body</p>');
  });

  it('has the same Message-ID on every attempt, and shares its thread with the mails of its incident alone', async () => {
    const server = await serve();
    const config = { host: mailHost, port: server.port };
    for (const deliveryId of ['incident:1/level 1/ann', 'incident:1/level 1/ann', 'delivery-2']) await send({ config, deliveryId });
    await send({ config, deliveryId: 'delivery-2', notification: { incident: { id: 'another' } } });
    const [first, again, second, other] = server.mails.map(({ email }) => email);
    expect(first!.messageId).toMatch(/^<[0-9a-f]{40}@imas\.example\.com>$/);
    expect(again!.messageId).toBe(first!.messageId);
    expect(second!.messageId).toBe('<delivery-2@imas.example.com>');
    const thread = '<incident-0b0f6c6e-6a3b-4d0c-9a55-9c1e2f3a4b5c@imas.example.com>';
    for (const email of [first!, again!, second!]) expect([email.inReplyTo, email.references]).toEqual([thread, thread]);
    expect(other!.references).toBe('<incident-another@imas.example.com>');
  });

  it.each([
    ['en', true, 'Reply with “ack” or “resolve” alone on the first line, or with a comment.'],
    ['en', false, 'Reply to add a comment.'],
    ['fr', true, 'Répondez par «\u00A0pris\u00A0» ou «\u00A0résolu\u00A0», seul sur la première ligne, ou par un commentaire.'],
    ['fr', false, 'Répondez pour ajouter un commentaire.'],
  ] as const)(
    'says in %s how it is answered, where it is (commands: %s), and where nowhere says nothing',
    async (language, mayAct, words) => {
      const reader = { language, timeZone: 'UTC' };
      const { email } = await sentMail({ notification: { reader, replyByMail: { address: 'replies+abc@example.com', mayAct } } });
      expect(email.replyTo).toEqual([{ name: '', address: 'replies+abc@example.com' }]);
      for (const part of [email.text, email.html]) expect(part).toContain(words);
      const { email: other } = await sentMail({ notification: { reader } });
      expect(other.replyTo).toBeUndefined();
      for (const part of [other.text, other.html]) expect(part).not.toContain(words);
    },
  );

  it('asks machines not to answer, and is urgent when the incident is', async () => {
    const header = (mail: { email: { headers: { key: string; value: string }[] } }, key: string) =>
      mail.email.headers.find((one) => one.key === key)?.value;
    const page = await sentMail();
    expect(header(page, 'auto-submitted')).toBe('auto-generated');
    expect(header(page, 'x-entity-ref-id')).toBe('0b0f6c6e-6a3b-4d0c-9a55-9c1e2f3a4b5c');
    expect(header(page, 'importance')).toBe('High');
    expect(header(await sentMail({ notification: { incident: { severity: 'SEV4_LOW' } } }), 'importance')).toBeUndefined();
  });

  it.each([
    [
      said('message.occasion.unacknowledged', { after: '15 min' }),
      {},
      '[INC-ABC123] Still unacknowledged after 15 min · SEV1 Critical · Redis is down',
    ],
    [
      said('message.occasion.acknowledged', { who: 'Ann' }),
      { status: 'ACKNOWLEDGED' },
      '[INC-ABC123] Acknowledged by Ann · SEV1 Critical · Redis is down',
    ],
    [said('message.occasion.resolved'), { status: 'RESOLVED' }, '[INC-ABC123] Resolved · Redis is down'],
  ] as const)('says in its subject what it is for: %#', async (occasion, incident, subject) => {
    const { email } = await sentMail({ notification: { occasion, incident } });
    expect(email.subject).toBe(subject);
    const isOver = 'status' in incident && incident.status === 'RESOLVED';
    expect(email.html).toContain(isOver ? 'border-top:6px solid #198754' : 'border-top:6px solid #DC3545');
  });

  it('speaks the language and keeps the time of its reader', async () => {
    const { email } = await sentMail({ notification: { reader: { language: 'fr', timeZone: 'Europe/Paris' } } });
    expect(email.subject).toBe('[INC-ABC123] Nouvel incident · SEV1 Critique · Redis is down');
    for (const part of [email.text ?? '', email.html ?? ''])
      for (const words of ['Prendre en charge ou voir', 'Déclenché', '21 nov. 2026, 11:02 UTC+1', 'Pourquoi ce message'])
        expect(part).toContain(words);
    expect(email.html).toContain('<html lang="fr">');
  });

  it('shows what many alerts have in common once, and how they differ', async () => {
    const label = (name: string, values: number, some: readonly string[]) => ({ label: name, values, some, alerts: 200 });
    const labels = [
      label('env', 1, ['prod']),
      label('instance', 200, ['a', 'b', 'c', 'd', 'e']),
      label('zone', 3, ['eu-1', 'eu-2', 'eu-3']),
    ];
    const alerts = { alerts: 200, firing: 180, name: 'InstanceDown', otherNames: 0, labels };
    const { email } = await sentMail({ notification: { incident: { title: 'InstanceDown: 200 alerts, 3 zones', alerts } } });
    expect(email.subject).toBe('[INC-ABC123] New incident · SEV1 Critical · InstanceDown: 200 alerts, 3 zones');
    for (const words of [
      'Alerts: 180 firing of 200',
      'env: prod',
      'zone: 3 values: eu-1, eu-2, eu-3',
      'instance: 200 values: a, b, c, d, e…',
    ])
      expect(email.text).toContain(words);
  });

  it('carries a comment where there is one', async () => {
    const { email } = await sentMail({
      notification: {
        purpose: 'event',
        event: 'comment.added',
        occasion: said('message.occasion.comment'),
        comment: { author: 'Bob', text: 'Failing over <now>' },
      },
    });
    expect(email.text).toContain('New comment');
    expect(email.text).toContain('Bob: Failing over <now>');
    expect(email.html).toContain('Bob: Failing over &lt;now&gt;');
  });
});

describe('the mail server of the environment', () => {
  const mail: MailDefaults = {
    host: mailHost,
    port: 0,
    useTls: true,
    username: 'env',
    password: 'env-pass',
    from: 'Environment <env@example.com>',
  };

  it('is used by a provider without a host', async () => {
    const server = await serve({ login: { user: 'env', pass: 'env-pass' } });
    const result = await send({ mail: { ...mail, port: server.port }, config: { from_email: undefined } });
    expect(result).toMatchObject({ ok: true });
    expect(server.mails[0]).toMatchObject({ user: 'env', encrypted: true, from: 'env@example.com' });
  });

  it('never mixes its login with that of a provider', () => {
    const own = chooseMailServer(SmtpConfig.parse({ host: 'own.example.com', from_email: 'imas@example.com' }), mail);
    expect(own).toMatchObject({ ok: true, server: { host: 'own.example.com', port: 587, auth: null } });
    const login = { username: 'someone', password: 'something' };
    const environment = chooseMailServer(SmtpConfig.parse(login), mail);
    expect(environment).toMatchObject({ ok: true, server: { host: mailHost, auth: { user: 'env', pass: 'env-pass' } } });
  });

  it('is missed in plain words', async () => {
    expect(await send({})).toEqual({
      ok: false,
      permanent: true,
      maybeDone: false,
      retryAfterMs: null,
      reason: 'No mail server is configured.',
      cure: 'Enter the host, or set EMAIL_HOST in the environment.',
    });
  });
});

describe('a failure', () => {
  const failure = async (sending: Sending, rules: MailServerRules = {}): Promise<Extract<Spoken<Ref>, { ok: false }>> => {
    const server = await serve(rules);
    const result = await send({ ...sending, config: { host: mailHost, port: server.port, ...sending.config } });
    expect(result.ok).toBe(false);
    expect(server.mails).toEqual([]);
    return result as Extract<Spoken<Ref>, { ok: false }>;
  };

  it('of the login is final, says so, and does not repeat the password', async () => {
    const result = await failure({ config: { username: 'imas', password: 'wr0ng-password' } }, { login: { user: 'imas', pass: 'right' } });
    expect(result).toMatchObject({ permanent: true, cure: expect.stringContaining('username and password') });
    expect(result.reason).toContain('535');
    expect(JSON.stringify(result)).not.toContain('wr0ng-password');
  });

  it.each([421, 450, 451, 452])('with %s may pass', async (code) => {
    const result = await failure({}, { onRcptTo: (_address, _session, callback) => callback(smtpError(code, 'later')) });
    expect(result).toMatchObject({ permanent: false });
    expect(result.reason).toContain(String(code));
  });

  it('of a greylisting login may pass', async () => {
    expect(
      await failure(
        { config: { username: 'a', password: 'b' } },
        { login: { user: 'a', pass: 'b' }, onAuth: (_auth, _session, callback) => callback(smtpError(454, 'busy')) },
      ),
    ).toMatchObject({ permanent: false });
  });

  it.each([
    [550, 'recipient'],
    [552, 'recipient'],
    [554, 'recipient'],
  ])('with %s of the recipient is final', async (code, cure) => {
    const result = await failure({}, { onRcptTo: (_address, _session, callback) => callback(smtpError(code, 'no such user')) });
    expect(result).toMatchObject({ permanent: true, cure: expect.stringContaining(cure) });
    expect(result.reason).toContain('no such user');
  });

  it('with 5xx of the sender names the sender', async () => {
    expect(await failure({}, { onMailFrom: (_address, _session, callback) => callback(smtpError(553, 'not yours')) })).toMatchObject({
      permanent: true,
      cure: expect.stringContaining('from_email'),
    });
  });

  it('to connect may pass, and points to host, port and TLS', async () => {
    const server = await startMailServer();
    await server.close();
    const result = await send({ config: { host: mailHost, port: server.port } });
    expect(result).toEqual({
      ok: false,
      permanent: false,
      maybeDone: false,
      retryAfterMs: null,
      reason: `${mailHost}:${server.port} refused the connection (ECONNREFUSED).`,
      cure: expect.stringMatching(/host, port and TLS/),
    });
  });

  it('of a server without STARTTLS is final, and nothing was sent in clear', async () => {
    expect(await failure({}, { disabledCommands: ['STARTTLS', 'AUTH'] })).toMatchObject({
      permanent: true,
      cure: expect.stringContaining('STARTTLS'),
    });
  });

  it.each([
    ['that nobody known has signed', { trusted: null, host: mailHost }],
    ['of another name', { trusted: trustedAuthority, host: 'other.example.test' }],
  ])('of a certificate %s is final', async (_, { trusted, host }) => {
    for (const secure of [false, true]) {
      const result = await failure({ trusted, config: { host, use_ssl: secure } }, { secure });
      expect(result).toMatchObject({ permanent: true, cure: expect.stringContaining('certificate') });
    }
  });

  it('of an address that egress refuses is final', async () => {
    const connector = createSmtpConnector({ mail: null });
    const result = await sendBy(connector, {
      config: SmtpConfig.parse({ host: '169.254.169.254', from_email: 'imas@example.com' }),
      to: 'ann@example.com',
      door: createEgress({ allow: [] }),
      signal: AbortSignal.timeout(5_000),
    });
    expect(result).toMatchObject({ ok: false, permanent: true, reason: expect.stringContaining('may not reach 169.254.169.254') });
  });

  it('to answer at all ends with the signal', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const result = await send({
      config: { host: mailHost, port: (silent.address() as AddressInfo).port },
      signal: AbortSignal.timeout(200),
    });
    expect(result).toMatchObject({ ok: false, permanent: false, reason: expect.stringContaining('did not answer in time') });
    silent.close();
  });

  it.each([
    null,
    '',
    'ann',
    'ann@',
    '@example.com',
    'a@b@c',
    'ann@example.com,eve@example.com',
    'Ann <ann@example.com>',
    'ann@example.com\r\nRCPT TO:<eve@example.com>',
    'ann @example.com',
    'a..b@example.com',
    `${'a'.repeat(65)}@example.com`,
  ])('of the address %j is final', async (address) => {
    expect(await failure({ address })).toMatchObject({ permanent: true });
  });
});

describe('the config', () => {
  it.each([
    [{ port: 0 }, 'port'],
    [{ port: 70_000 }, 'port'],
    [{ from_email: 'nobody' }, 'from_email'],
    [{ from_email: 'a@example.com, b@example.com' }, 'from_email'],
    [{ from_name: 'a\r\nBcc: b' }, 'from_name'],
    [{ host: 'a\nb' }, 'host'],
    [{ use_tls: 'yes' }, 'use_tls'],
    [{ pasword: 'x' }, ''],
  ])('%j is refused at %s', (config, field) => {
    const parsed = SmtpConfig.safeParse(config);
    expect(parsed.error?.issues[0]?.path.join('.')).toBe(field);
  });

  it('has the documented defaults', () => {
    expect(SmtpConfig.parse({})).toEqual({ port: 587, use_tls: true, use_ssl: false });
  });
});
