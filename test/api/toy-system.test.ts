import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { createApp } from '../../src/api/app.ts';
import { connectorIndex, connectorPage, describeConnector } from '../../src/connectors/describe.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry, registryOf } from '../../src/connectors/registry.ts';
import { ensureEssentials } from '../../src/db/ensure-essentials.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import type { Intake } from '../../src/intake/intake.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createToyConnector, toyCousin } from '../connectors/toy/connector.ts';
import { startToyVendor, type ToyVendor } from '../connectors/toy/vendor.ts';
import { startApi, type Api } from './harness.ts';

const log = pino({ level: 'silent' });
const others = createRegistry({ mail: null }).providerTypes();
/** One more line in the list is all that a system needs. */
const registryWith = (toy: object) => registryOf([...createRegistry({ mail: null }).all, toy as Connector, toyCousin]);
const registry = registryWith(createToyConnector());
const toy = registry.byId('toy') as Connector;

let vendor: ToyVendor;
let api: Api;
let intake: Intake;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  vendor = await startToyVendor();
  api = await startApi({
    registry,
    secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
    egress: createEgress({ allow: ['127.0.0.0/8'] }),
  });
  await ensureEssentials(api.database.pool, { admin: { username: 'ann', passwordHash: null }, sources: registry.sources() });
  await api.database.pool.query('update alert_sources set open = true');
  intake = createIntake({ database: api.database, log, metrics: createMetrics() });
  app = appWith(createToyConnector());
});
afterAll(async () => {
  await intake.close();
  await api.close();
  await vendor.close();
});
beforeEach(() => api.database.pool.query('truncate alerts, alert_deliveries, incidents, rejected_payloads, outbox cascade'));

const appWith = (connector: object) => createApp({ ...api.deps, intake, registry: registryWith(connector) }, { settingsFreshForMs: 0 });

const post = (path: string, body: unknown, headers: Record<string, string> = {}, to = app) =>
  to.request(`/api/v1/webhooks/${path}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const stored = async (): Promise<string[]> => {
  const { rows } = await api.database.pool.query<{ alert: string }>(
    `select a.source || ' by ' || s.name || ': ' || a.summary as alert from alerts a join alert_sources s on s.id = a.integration_id order by a.id`,
  );
  return rows.map(({ alert }) => alert);
};

describe('a system that is added by one line', () => {
  it('can be chosen as a provider, with a form made of its config', async () => {
    const { body } = await api.request('GET', '/api/v1/provider-types/');
    const found = body.results.find(({ type }: { type: string }) => type === 'TOY');
    expect(found).toMatchObject({ title: 'Toy system', medium: 'chat', secret_fields: ['token'], makes_war_rooms: true });
    expect(Object.keys(found.config_schema.properties)).toEqual(['url', 'token', 'volume']);
    expect(describeConnector(toy).fields).toContainEqual(
      expect.objectContaining({ name: 'volume', kind: 'choice', options: ['low', 'high'], default: 'low', required: false }),
    );
    expect(describeConnector(toy).abilities).toEqual(['notify', 'rooms', 'alerts']);
  });

  it('has a page in the docs, and a line in their index', () => {
    const page = connectorPage(toy);
    for (const part of [
      '# Toy system',
      'Provider type `TOY`. Alert source `toy`.',
      'Wind it up',
      '| `token` * | text |  | From the back of the box. Stored encrypted, returned masked. |',
    ])
      expect(page).toContain(part);
    expect(connectorIndex(registry.all)).toContain('| [Toy system](toy.md) | `TOY` | `toy` |');
  });

  it('has an alert source of its own from the first start, and an address in the API document', async () => {
    const { body } = await api.request('GET', '/api/v1/alert-sources/?search=toy');
    const found = body.results.map((row: { name: string; source: string; webhook_url: string }) => [row.name, row.source, row.webhook_url]);
    expect(found.toSorted()).toEqual([
      ['Cousin of the toy', 'toy-cousin', 'http://imas.test/api/v1/webhooks/toy/'],
      ['Toy system', 'toy', 'http://imas.test/api/v1/webhooks/toy/'],
    ]);
    const { body: document } = await api.request('GET', '/api/v1/openapi.json');
    expect(document.paths['/api/v1/webhooks/toy/'].post.summary).toBe('Send alerts from Toy system');
    expect(document.paths['/api/v1/webhooks/toy-cousin/']).toBeUndefined();
    expect(document.components.schemas.ProviderTypeName.enum).toEqual([...others, 'TOY']);
    expect(document.components.schemas.AlertSourceType.enum).toEqual(expect.arrayContaining(['toy', 'toy-cousin', 'sentry']));
  });

  it('can be an alert source and the subject of a rule; what nobody knows cannot', async () => {
    const made = async (path: string, json: object): Promise<number> => (await api.request('POST', `/api/v1/${path}/`, { json })).status;
    expect(await made('alert-sources', { name: 'Toy of Paris', source: 'toy' })).toBe(201);
    expect(await made('alert-rules', { name: 'Toys', source: 'toy' })).toBe(201);
    for (const [path, json] of [
      ['alert-sources', { name: 'Stranger', source: 'fax' }],
      ['alert-rules', { name: 'Strangers', source: 'fax' }],
    ] as const) {
      const refused = await api.request('POST', `/api/v1/${path}/`, { json });
      expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'source']);
      expect(refused.body.errors[0].reason).toMatch(/^must be one of .*\btoy\b/);
    }
    const mute = await api.request('POST', '/api/v1/providers/', { json: { name: 'Mute', type: 'TOY_COUSIN', config: {} } });
    expect(mute.body.errors).toEqual([{ field: 'type', reason: `must be one of ${[...others, 'TOY'].join(', ')}` }]);
    await api.database.pool.query(`delete from alert_sources where name = 'Toy of Paris'`);
    await api.database.pool.query('delete from alert_rules');
  });

  it('can be a provider, which keeps its secret and is tested', async () => {
    const config = { url: vendor.url, token: vendor.token };
    const { status, body } = await api.request('POST', '/api/v1/providers/', { json: { name: 'Toy', type: 'TOY', config } });
    expect([status, body.config]).toEqual([201, { url: vendor.url, token: '********', volume: 'low' }]);
    const test = (address: string) => api.request('POST', `/api/v1/providers/${body.id}/test/`, { json: { address } });
    expect((await test('toy-1')).body).toMatchObject({ outcome: 'sent', reason: null });
    expect([...vendor.made.values()]).toContainEqual(expect.objectContaining({ to: 'toy-1', title: 'Test Notification' }));
    expect((await test('boat-1')).body.errors).toEqual([{ field: 'address', reason: 'must begin with toy-' }]);
    await api.request('PATCH', `/api/v1/providers/${body.id}/`, { json: { config: { url: vendor.url, token: 'another-key' } } });
    const failed = (await test('toy-1')).body;
    expect(failed).toMatchObject({ outcome: 'failed', reason: { message: 'HTTP 401: “no toy for Bearer ********”.' } });
  });
});

describe('its alerts', () => {
  it('come in at its address', async () => {
    expect((await post('toy', { title: 'The spring broke', service: 'x' })).status).toBe(202);
    expect(await stored()).toEqual(['toy by Toy system: The spring broke']);
  });

  it('are told from those of its cousin, by the body or by a header', async () => {
    await post('toy', { title: 'a', service: 'x' });
    await post('toy', { title: 'b', service: 'x', cousin: true });
    await post('toy', { title: 'c', service: 'x' }, { 'x-toy-cousin': 'yes' });
    expect(await stored()).toEqual(['toy by Toy system: a', 'toy-cousin by Cousin of the toy: b', 'toy-cousin by Cousin of the toy: c']);
    expect((await post('toy-cousin', { title: 'd', service: 'x' })).status).toBe(404);
  });

  it('are signed its own way alone, which opens no door of another', async () => {
    const { pool } = api.database;
    const seal = async (source: string, text: string): Promise<void> => {
      const { rows } = await pool.query<{ id: string }>('select id from alert_sources where source = $1', [source]);
      const id = rows[0]?.id as string;
      await pool.query('update alert_sources set signing_secret = $2 where id = $1', [
        id,
        api.deps.secrets.seal(text, `integrations/${id}/signing_secret`),
      ]);
    };
    await seal('toy', 'toy-secret');
    await seal('toy-cousin', 'cousin-secret');
    const signed = async (secret: string): Promise<number> =>
      (await post('toy', { title: 'signed', service: 'x' }, { 'x-toy-signature': `signed with ${secret}` })).status;
    expect(await signed('toy-secret')).toBe(202);
    // The cousin has no way to sign: that it has a secret makes nobody's signature its own.
    expect(await signed('cousin-secret')).toBe(401);
    expect((await post('toy', { title: 'open', service: 'x' })).status).toBe(401);
    await pool.query('update alert_sources set signing_secret = null');
  });

  it('that were not understood keep the headers that say how to read them', async () => {
    const headers = { 'x-toy-language': 'french', 'x-other': 'not kept' };
    expect((await post('toy', { title: 'Le ressort est cassé', service: 'x' }, headers)).status).toBe(422);
    const { rows } = await api.database.pool.query<{ id: string; headers: unknown }>('select id::text, headers from rejected_payloads');
    expect(rows.map(({ headers: kept }) => kept)).toEqual([{ 'x-toy-language': 'french' }]);
    const { Authorization } = await signIn();
    const again = (to: typeof app) =>
      to.request(`/api/v1/rejected-payloads/${rows[0]?.id}/redeliver/`, { method: 'POST', headers: { Authorization } });
    expect((await again(app)).status).toBe(422);
    expect(await stored()).toEqual([]);
    const learned = await again(appWith(createToyConnector(['toy', 'french'])));
    expect([learned.status, await stored()]).toEqual([200, ['toy by Toy system: Le ressort est cassé']]);
  });

  it('of a cousin that were not understood are its own when they are read again', async () => {
    await post('toy', { title: 'x', service: 'x' }, { 'x-toy-cousin': 'yes', 'x-toy-language': 'french' });
    await api.database.pool.query(`update rejected_payloads set headers = headers - 'x-toy-language'`);
    const { rows } = await api.database.pool.query<{ id: string }>('select id::text from rejected_payloads');
    const { Authorization } = await signIn();
    const again = await app.request(`/api/v1/rejected-payloads/${rows[0]?.id}/redeliver/`, { method: 'POST', headers: { Authorization } });
    expect([again.status, await stored()]).toEqual([200, ['toy-cousin by Cousin of the toy: x']]);
  });
});

async function signIn(): Promise<{ Authorization: string }> {
  const { body } = await api.request('POST', '/api/auth/token/', {
    as: 'nobody',
    json: { username: 'ann', password: 'correct horse battery staple' },
  });
  return { Authorization: `Token ${body.token}` };
}
