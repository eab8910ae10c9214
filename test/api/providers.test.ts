import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { said } from '../../src/domain/said.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { EgressFailed, type EgressRequest } from '../../src/egress/egress.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { type Api, startApi } from './harness.ts';

let api: Api;
const sent: EgressRequest[] = [];
let answer: { status: number; body: string } | Error = { status: 200, body: 'ok' };
beforeAll(async () => {
  api = await startApi({
    secrets: createSecretBox({ key: 'a key of the tests only', oldKeys: [] }),
    egress: {
      ...createEgress({ allow: [] }),
      async fetch(request) {
        sent.push(request);
        if (answer instanceof Error) throw answer;
        return { ...answer, headers: {} };
      },
      resolve: () =>
        Promise.reject(
          new EgressFailed(said('cause.refusedConnection', { host: 'mail.example.test', code: 'ECONNREFUSED' }), 'ECONNREFUSED'),
        ),
    },
  });
});
afterAll(() => api.close());

const make = (name: string, more: Record<string, unknown> = {}) =>
  api.request('POST', '/api/v1/providers/', {
    json: {
      name,
      type: 'WEBHOOK',
      config: { url: 'https://hooks.example.test/in', format: 'pagerduty', routing_key: 'very-secret-key' },
      ...more,
    },
  });

describe('/api/v1/providers/', () => {
  it('never shows a secret, and keeps it when the mask comes back', async () => {
    const made = await make('Pager');
    expect(made.status).toBe(201);
    expect(made.body.config).toMatchObject({ format: 'pagerduty', routing_key: '********' });
    const one = `/api/v1/providers/${made.body.id}/`;
    const other = 'https://hooks.example.test/other';
    const moved = await api.request('PATCH', one, { json: { config: { ...made.body.config, url: other } } });
    expect(moved.status).toBe(422);
    expect(moved.body.errors).toEqual([{ field: 'config.routing_key', reason: 'must be entered again, since url has changed' }]);
    const changed = await api.request('PATCH', one, { json: { config: { ...made.body.config, method: 'PUT' } } });
    expect(changed.status).toBe(200);
    const everything = JSON.stringify([
      made.body,
      changed.body,
      (await api.request('GET', one)).body,
      (await api.request('GET', '/api/v1/providers/')).body,
    ]);
    expect(everything).not.toMatch(/very-secret|sealed/);
    const { rows } = await api.database.pool.query('select config::text as config from providers where id = $1', [made.body.id]);
    expect(rows[0].config).not.toContain('very-secret');

    sent.length = 0;
    answer = { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' };
    const tested = await api.request('POST', `${one}test/`);
    expect(tested.body).toMatchObject({ outcome: 'sent', reason: null });
    expect(sent[0]?.url).toBe('https://hooks.example.test/in');
    expect(sent[0]?.body).toContain('very-secret-key');
    expect(sent[0]?.body).toContain('Test Notification');
  });

  it('says why a test failed, and what helps', async () => {
    const { body } = await make('Broken');
    answer = new EgressFailed(said('cause.refusedConnection', { host: 'hooks.example.test', code: 'ECONNREFUSED' }), 'ECONNREFUSED');
    const refused = await api.request('POST', `/api/v1/providers/${body.id}/test/`);
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({
      outcome: 'failed',
      receipt: null,
      reason: { code: 'cause.refusedConnection', message: expect.stringMatching(/refused/i) },
    });
    expect(JSON.stringify(refused.body)).not.toContain('very-secret');
  });

  it.each([
    ['config.url', { config: { url: 'not a url' } }],
    ['type', { type: 'PIGEON' }],
    ['config.routing_key', { config: { url: 'https://hooks.example.test/in', format: 'pagerduty', routing_key: '********' } }],
  ])('names %s when it is wrong', async (field, more) => {
    const refused = await make('Wrong', more);
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('stays while someone is reached by it; its addresses are checked', async () => {
    const mail = await api.request('POST', '/api/v1/providers/', {
      json: { name: 'Mail', type: 'SMTP', config: { host: 'mail.example.test', from_email: 'imas@example.test' } },
    });
    expect(mail.status).toBe(201);
    const method = { provider_id: mail.body.id, severities: ['SEV1_CRITICAL'] };
    const wrong = await api.request('POST', '/api/v1/users/', {
      json: { username: 'eve', contact_methods: [{ ...method, address: 'not an address' }] },
    });
    expect(wrong.body.errors[0].field).toBe('contact_methods[0].address');
    const right = await api.request('POST', '/api/v1/users/', {
      json: { username: 'eve', contact_methods: [{ ...method, address: 'eve@example.test' }] },
    });
    expect(right.body.contact_methods).toEqual([{ ...method, address: 'eve@example.test' }]);
    const kept = await api.request('DELETE', `/api/v1/providers/${mail.body.id}/`);
    expect(kept.status).toBe(409);
    expect(kept.body.detail).toContain('user eve');
  });
});

describe('a provider’s own words', () => {
  it('are stored, and go out with its messages', async () => {
    const words = { title_template: 'Down: {{incident.title}}', body_template: '  ' };
    const made = await make('Own words', words);
    expect(made.body).toMatchObject({ title_template: 'Down: {{incident.title}}', body_template: null });
    sent.length = 0;
    answer = { status: 202, body: '{"status":"success"}' };
    await api.request('POST', `/api/v1/providers/${made.body.id}/test/`);
    expect(sent[0]?.body).toContain('"summary":"Down: Test Notification"');
    const back = await api.request('PATCH', `/api/v1/providers/${made.body.id}/`, { json: { title_template: null } });
    expect(back.body.title_template).toBeNull();
  });

  it('are refused with an unknown placeholder, by name', async () => {
    const refused = await make('Unknown', { title_template: '{{incident.mood}}', body_template: '{{service.name' });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      { field: 'title_template', reason: expect.stringContaining('{{incident.mood}}') },
      { field: 'body_template', reason: expect.stringContaining('belong to no placeholder') },
    ]);
    expect((await make('Long', { title_template: 'x'.repeat(301) })).body.errors[0].field).toBe('title_template');
  });

  it('can be seen before they are saved, in both languages', async () => {
    const { body } = await make('Previewed', { title_template: '{{incident.severity}} {{incident.title}}' });
    const stored = await api.request('POST', `/api/v1/providers/${body.id}/preview/`);
    expect(stored.body.en.title).toBe('SEV2 High Redis cluster down');
    expect(stored.body.fr.title).toBe('SEV2 Élevée Redis cluster down');
    const given = { body_template: '{{service.name}} / {{incident.status}}' };
    const changed = await api.request('POST', `/api/v1/providers/${body.id}/preview/`, { json: given });
    expect(changed.body.en).toEqual({ title: 'SEV2 High Redis cluster down', body: 'redis-prod / Triggered' });
    const unsaved = await api.request('POST', '/api/v1/provider-types/preview/', { json: given });
    expect(unsaved.body.fr).toEqual({ title: expect.stringContaining('Redis cluster down'), body: 'redis-prod / Déclenché' });
    const refused = await api.request('POST', '/api/v1/provider-types/preview/', { json: { body_template: '{{who}}' } });
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'body_template']);
    expect((await api.request('POST', `/api/v1/providers/${body.id}/preview/`, { as: 'member' })).status).toBe(403);
  });
});

it('GET /api/v1/provider-types/ describes every config and its secrets', async () => {
  const { body } = await api.request('GET', '/api/v1/provider-types/', { as: 'member' });
  const smtp = body.results.find((entry: { type: string }) => entry.type === 'SMTP');
  expect(smtp).toMatchObject({ medium: 'mail', secret_fields: ['password'], config_schema: { type: 'object' } });
  expect(Object.keys(smtp.config_schema.properties)).toEqual(expect.arrayContaining(['host', 'port', 'use_tls', 'from_email']));
});

describe('/api/v1/provider-types/SLACK/manifest/', () => {
  it('has the addresses of this installation, or none with Socket Mode', async () => {
    const { status, body } = await api.request('GET', '/api/v1/provider-types/SLACK/manifest/', { as: 'member' });
    expect(status).toBe(200);
    expect(body.settings.event_subscriptions.request_url).toBe('http://imas.test/api/v1/slack/events/');
    const { body: socket } = await api.request('GET', '/api/v1/provider-types/SLACK/manifest/?socket_mode=true', { as: 'member' });
    expect(socket.settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(socket)).not.toContain('imas.test');
  });
});
