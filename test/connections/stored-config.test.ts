import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { destinationFields, isSecretName, secretFieldNames } from '../../src/connectors/secret.ts';
import { InvalidConfig, mask, maskConfig, openConfig, sealConfig } from '../../src/connections/stored-config.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { SecretUnreadable } from '../../src/secrets/secret-box.ts';

const box = createSecretBox({ key: 'a passphrase of this test', oldKeys: [] });
const registry = createRegistry({ mail: null });
const smtp = registry.byType('SMTP') as Connector;
const webhook = registry.byType('WEBHOOK') as Connector;

const webhookConfig = {
  url: 'https://hooks.example.com/services/T0KEN',
  headers: { Authorization: 'Bearer abcdef', 'X-Env': 'prod' },
  template: { fields: { project: { key: 'OPS' }, list: [{ apiKey: 'in-the-body', name: 'x' }] }, credentials: { user: 'u', pass: 'p' } },
  secret: 'signing secret of sixteen',
};

const problemsOf = (work: () => unknown): readonly { field: string; reason: string }[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
  throw new Error('it was taken');
};

describe('what is stored', () => {
  it('opens as it was given, with the defaults', () => {
    const stored = sealConfig(webhook, 'p1', webhookConfig, box);
    expect(openConfig(webhook, 'p1', JSON.parse(JSON.stringify(stored)), box)).toEqual({ ...webhookConfig, method: 'POST' });
  });

  it('holds no secret in clear, and everything else readable', () => {
    const text = JSON.stringify(sealConfig(webhook, 'p1', webhookConfig, box));
    expect(text).not.toMatch(/T0KEN|hooks\.example|abcdef|"prod"|in-the-body|"u"|"p"|sixteen/);
    expect(text).toContain('"project":{"key":"OPS"}');
    expect(text).toContain('"Authorization"');
  });

  it('opens in its own row and place alone', () => {
    const stored = sealConfig(webhook, 'p1', webhookConfig, box) as Record<string, unknown> & { headers: Record<string, unknown> };
    expect(() => openConfig(webhook, 'p2', stored, box)).toThrow(SecretUnreadable);
    expect(() => openConfig(webhook, 'p1', { ...stored, url: stored['secret'] }, box)).toThrow(SecretUnreadable);
    expect(() => openConfig(webhook, 'p1', { ...stored, headers: { Authorization: stored.headers['X-Env'] } }, box)).toThrow(
      SecretUnreadable,
    );
  });

  it('may be unsealed, as sample data is', () => {
    expect(openConfig(webhook, 'p1', { url: 'http://localhost:8000/demo/inbox/webhook', format: 'json' }, box)).toMatchObject({
      format: 'json',
    });
  });

  it('leaves out what a form left empty', () => {
    expect(sealConfig(smtp, 'p1', { host: '', username: null, port: '25' }, box)).toEqual({ port: 25, use_tls: true, use_ssl: false });
  });

  it('sees the names in a template that came as text', () => {
    const stored = sealConfig(webhook, 'p1', { url: webhookConfig.url, template: '{"token": "hidden-one", "a": "{{title}}"}' }, box);
    expect(JSON.stringify(stored)).not.toContain('hidden-one');
    expect(maskConfig(webhook, stored)).toMatchObject({ template: { token: mask, a: '{{title}}' } });
  });
});

describe('what people see', () => {
  it('has a mask in the place of every secret, sealed or not', () => {
    const expected = {
      url: mask,
      method: 'POST',
      headers: { Authorization: mask, 'X-Env': mask },
      template: { fields: { project: { key: 'OPS' }, list: [{ apiKey: mask, name: 'x' }] }, credentials: { user: mask, pass: mask } },
      secret: mask,
    };
    expect(maskConfig(webhook, sealConfig(webhook, 'p1', webhookConfig, box))).toEqual(expected);
    expect(maskConfig(webhook, { ...webhookConfig, method: 'POST' })).toEqual(expected);
  });

  it('sent back as it is, changes nothing', () => {
    const stored = sealConfig(webhook, 'p1', webhookConfig, box);
    const again = sealConfig(webhook, 'p1', maskConfig(webhook, stored), box, stored);
    expect(openConfig(webhook, 'p1', again, box)).toEqual(openConfig(webhook, 'p1', stored, box));
  });

  it('sent back with changes, changes those', () => {
    const stored = sealConfig(webhook, 'p1', webhookConfig, box);
    const masked = maskConfig(webhook, stored) as typeof webhookConfig;
    const again = sealConfig(webhook, 'p1', { ...masked, headers: { ...masked.headers, 'X-Env': 'test' }, secret: '' }, box, stored);
    const opened = openConfig(webhook, 'p1', again, box);
    expect(opened).toMatchObject({ url: webhookConfig.url, headers: { Authorization: 'Bearer abcdef', 'X-Env': 'test' } });
    expect(opened).not.toHaveProperty('secret');
  });

  it('is no value where nothing is stored, or where the stored one cannot be read', () => {
    expect(problemsOf(() => sealConfig(smtp, 'p1', { password: mask }, box))).toEqual([
      { field: 'password', reason: expect.stringContaining('enter the value') as string },
    ]);
    const stored = sealConfig(smtp, 'p1', { password: 'x' }, createSecretBox({ key: 'a key that is lost', oldKeys: [] }));
    expect(problemsOf(() => sealConfig(smtp, 'p1', { password: mask }, box, stored))).toEqual([
      { field: 'password', reason: expect.stringContaining('enter the value again') as string },
    ]);
  });
});

describe('a config that is wrong', () => {
  it('is told by the fields, and never repeats a value', () => {
    const problems = problemsOf(() =>
      sealConfig(
        webhook,
        'p1',
        {
          url: 'T0KEN:// no url',
          headers: { 'bad name T': 'x', B: 'T0KEN\n' },
          secret: 'T0KEN',
          routing_key: 7,
          events: ['T0KEN'],
          method: 'T0KEN',
        },
        box,
      ),
    );
    expect(problems.map(({ field }) => field).toSorted()).toEqual([
      'events.0',
      'headers.B',
      'headers.bad name T',
      'method',
      'routing_key',
      'secret',
      'url',
    ]);
    expect(JSON.stringify(problems)).not.toContain('T0KEN');
  });

  it.each([null, 'x', 5, []])('%j is no config', (given) => {
    expect(problemsOf(() => sealConfig(smtp, 'p1', given, box))).toEqual([{ field: 'config', reason: 'must be an object' }]);
  });

  it('has no more secrets than are opened in a moment', () => {
    const withHeaders = (count: number) => ({
      ...webhookConfig,
      headers: Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'x'])),
    });
    expect(problemsOf(() => sealConfig(webhook, 'p1', withHeaders(20_000), box))).toEqual([
      { field: 'config', reason: 'holds more than 200 secrets' },
    ]);
    expect(sealConfig(webhook, 'p1', withHeaders(190), box)).toHaveProperty('url');
  });

  it('of a connector without one says so', () => {
    expect(() => maskConfig(registry.byId('generic') as Connector, {})).toThrow(InvalidConfig);
  });
});

describe('names that announce a secret', () => {
  it.each([
    'token',
    'api_key',
    'apiKey',
    'X-Api-Key',
    'accessToken',
    'password',
    'client_secret',
    'Authorization',
    'routing_key',
    'credentials',
  ])('%s does', (name) => {
    expect(isSecretName(name)).toBe(true);
  });
  it.each(['key', 'project', 'summary', 'tokens_used', 'secretary', 'author'])('%s does not', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

it('round trip: whatever a header holds, it opens and is masked', () => {
  const names = fc
    .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/)
    .filter((name) => !/^(host|te|expect|upgrade|connection|trailer)$/i.test(name));
  fc.assert(
    fc.property(fc.dictionary(names, fc.stringMatching(/^[\x21-\x7e]{9,40}$/), { noNullPrototype: true }), (headers) => {
      const stored = sealConfig(webhook, 'p', { url: 'https://x.example.com', headers }, box);
      expect(openConfig(webhook, 'p', stored, box)).toMatchObject({ headers });
      const shown = JSON.stringify(maskConfig(webhook, stored));
      for (const value of Object.values(headers)) expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
    }),
    { numRuns: 50 },
  );
});

describe('a secret stays with the address that it was entered for', () => {
  const hook = sealConfig(webhook, 'p1', { ...webhookConfig, routing_key: 'R' }, box);
  const masked = maskConfig(webhook, hook);
  const elsewhere = 'https://evil.example.com/';

  it('is kept while nothing else moves, and when the same address is entered again', () => {
    for (const url of [mask, webhookConfig.url]) {
      const stored = sealConfig(webhook, 'p1', { ...masked, url, method: 'PUT' }, box, hook);
      expect(openConfig(webhook, 'p1', stored, box)).toEqual({ ...webhookConfig, routing_key: 'R', method: 'PUT' });
    }
  });

  it('must be entered again when the URL changes: every one of them is named', () => {
    const problems = problemsOf(() => sealConfig(webhook, 'p1', { ...masked, url: elsewhere }, box, hook));
    expect(problems.map(({ field }) => field).toSorted()).toEqual([
      'headers.Authorization',
      'headers.X-Env',
      'routing_key',
      'secret',
      'template.credentials.pass',
      'template.credentials.user',
      'template.fields.list.0.apiKey',
    ]);
    expect(new Set(problems.map(({ reason }) => reason))).toEqual(new Set(['must be entered again, since url has changed']));
    expect(JSON.stringify(problems)).not.toMatch(/evil|T0KEN|abcdef/);
  });

  it('may be entered again, or left out, with the new URL', () => {
    const stored = sealConfig(webhook, 'p1', { url: elsewhere, headers: { Authorization: 'Bearer new' } }, box, hook);
    expect(openConfig(webhook, 'p1', stored, box)).toEqual({ url: elsewhere, method: 'POST', headers: { Authorization: 'Bearer new' } });
  });

  it('counts for the host of a mail server too, also where there was none or is none any more', () => {
    const mail = { host: 'mail.example.com', username: 'u', password: 'secret', port: 587 };
    const stored = sealConfig(smtp, 'p1', mail, box);
    const again = (changes: object, before = stored) => sealConfig(smtp, 'p1', { ...maskConfig(smtp, before), ...changes }, box, before);
    expect(openConfig(smtp, 'p1', again({ port: '587', host: ' mail.example.com ', from_name: 'IMAS' }), box)).toMatchObject({
      password: 'secret',
      from_name: 'IMAS',
    });
    for (const host of ['evil.example.com', '', null]) {
      expect(problemsOf(() => again({ host }))).toEqual([{ field: 'password', reason: 'must be entered again, since host has changed' }]);
    }
    const hostless = sealConfig(smtp, 'p1', { username: 'u', password: 'secret' }, box);
    expect(problemsOf(() => again({ host: 'evil.example.com' }, hostless)).map(({ field }) => field)).toEqual(['password']);
    expect(openConfig(smtp, 'p1', again({ host: 'evil.example.com', password: 'new' }), box)).toMatchObject({ password: 'new' });
  });

  it.each([{ port: 2525 }, { use_tls: false }, { use_ssl: true }, { use_tls: false, port: 25 }])(
    'and with how it is sent there: %j of a mail server asks for it again',
    (changes) => {
      const mail = { host: 'mail.example.com', username: 'u', password: 'secret' };
      const stored = sealConfig(smtp, 'p1', mail, box);
      const again = (more: object) => sealConfig(smtp, 'p1', { ...maskConfig(smtp, stored), ...changes, ...more }, box, stored);
      expect(problemsOf(() => again({}))).toEqual([
        { field: 'password', reason: expect.stringMatching(/^must be entered again, since \w+( and \w+)? has changed$/) as string },
      ]);
      expect(openConfig(smtp, 'p1', again({ password: 'new' }), box)).toMatchObject({ password: 'new', ...changes });
      expect(openConfig(smtp, 'p1', again({ password: null }), box)).not.toHaveProperty('password');
    },
  );

  it('that was stored without its defaults is not moved by them', () => {
    const stored = { host: 'mail.example.com', password: sealConfig(smtp, 'p1', { password: 'secret' }, box)['password'] };
    const again = sealConfig(smtp, 'p1', { host: 'mail.example.com', port: 587, use_tls: true, password: mask }, box, stored);
    expect(openConfig(smtp, 'p1', again, box)).toMatchObject({ password: 'secret' });
  });

  it.each(
    registry.all
      .filter(({ config }) => config !== undefined && secretFieldNames(config as never).length > 0)
      .map((connector) => [connector.id, connector] as const),
  )('%s says which fields decide where its secrets go', (_, { config }) => {
    expect([...destinationFields(config as never).keys()]).not.toEqual([]);
  });

  it('is not moved by a URL that cannot be read any more', () => {
    const lost = sealConfig(webhook, 'p1', webhookConfig, createSecretBox({ key: 'a key that is gone', oldKeys: [] }));
    expect(problemsOf(() => sealConfig(webhook, 'p1', { ...maskConfig(webhook, lost), url: elsewhere }, box, lost)).length).toBeGreaterThan(
      0,
    );
  });
});
