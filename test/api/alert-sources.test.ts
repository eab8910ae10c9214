import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { createApp } from '../../src/api/app.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { imas } from '../support/imas.ts';
import { type Answer, type Api, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }) });
});
afterAll(() => api.close());
beforeEach(() => api.database.pool.query('delete from alert_sources'));

const path = '/api/v1/alert-sources/';
const make = async (more: object = {}): Promise<Answer['body']> =>
  (await api.request('POST', path, { json: { name: 'Alertmanager Paris', source: 'alertmanager', ...more } })).body;
const change = (id: string, json: object): Promise<Answer> => api.request('PATCH', `${path}${id}/`, { json });
const fieldsOf = ({ body }: Answer): string[] => (body.errors ?? []).map(({ field }: { field: string }) => field);
/** One as it was before the migration. */
const openBefore = async (name: string, source: string): Promise<string> =>
  (
    await api.database.pool.query<{ id: string }>(
      'insert into alert_sources (name, source, open, open_since_before) values ($1, $2, true, true) returning id',
      [name, source],
    )
  ).rows[0]!.id;

describe('an alert source', () => {
  it('is closed until it has a secret or is opened, and says so', async () => {
    const made = await make();
    expect(made).toMatchObject({ open: false, state: 'closed', warning: null });
    const opened = await change(made.id, { open: true });
    expect(opened.body).toMatchObject({ open: true, state: 'open', warning: expect.stringContaining('anybody who can reach') });
    const secured = await change(made.id, { secret: 'a long random text' });
    expect(secured.body).toMatchObject({ open: false, state: 'secured', warning: null, has_secret: true });
    // Without its secret again, it is not open again.
    expect((await change(made.id, { secret: null })).body).toMatchObject({ open: false, state: 'closed' });
    expect((await change(made.id, { is_active: false })).body).toMatchObject({ state: 'inactive' });
  });

  it('is not opened beside a secret, its own or that of another of its address', async () => {
    const generic = await make({ name: 'Generic', source: 'generic', secret: 'a long random text' });
    expect(fieldsOf(await change(generic.id, { open: true }))).toEqual(['open']);
    const sentry = await make({ name: 'Sentry', source: 'sentry' });
    const refused = await change(sentry.id, { open: true });
    expect(refused.body.errors).toEqual([{ field: 'open', reason: expect.stringContaining('"Generic"') }]);
    expect((await change(generic.id, { open: true, secret: null })).body).toMatchObject({ state: 'open' });
    expect((await change(sentry.id, { open: true })).body).toMatchObject({ state: 'open' });
    expect((await change(generic.id, { secret: 'a long random text' })).status).toBe(200);
    expect((await api.request('GET', `${path}${sentry.id}/`)).body).toMatchObject({ open: true, state: 'closed' });
  });

  it('that was open before goes on with a warning, until an admin decides', async () => {
    const decisions: [object, object][] = [
      [{ open: true }, { open: true, open_since_before: false, state: 'open' }],
      [{ open: false }, { open: false, open_since_before: false, state: 'closed' }],
      [{ secret: 'a long random text' }, { open: false, open_since_before: false, state: 'secured' }],
    ];
    for (const [decision, after] of decisions) {
      const id = await openBefore('Alertmanager', 'alertmanager');
      expect((await change(id, { name: 'Alertmanager' })).body).toMatchObject({
        state: 'open_since_before',
        warning: expect.stringContaining('as it was before'),
      });
      expect((await change(id, decision)).body).toMatchObject(after);
      await api.database.pool.query('delete from alert_sources');
    }
  });

  it('that is undecided is on the home page, one that is secured or decided is not', async () => {
    const id = await openBefore('Prometheus', 'alertmanager');
    await openBefore('Sentry', 'sentry');
    await make({ name: 'Generic', source: 'generic', secret: 'a long random text' });
    await make({ name: 'Datadog', source: 'datadog', open: true });
    // The figures are counted anew every few seconds.
    const home = async (demo: boolean) => {
      const app = createApp({ ...api.deps, config: { ...api.deps.config, demo } });
      const token = (
        await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'bob', password: 'correct horse battery staple' } })
      ).body.token;
      const answer = await app.request('/api/v1/home/', { headers: { authorization: `Token ${token}` } });
      return ((await answer.json()) as { health: { undecided_alert_sources: unknown } }).health.undecided_alert_sources;
    };
    expect(await home(false)).toEqual([{ id, name: 'Prometheus' }]);
    expect(await home(true)).toEqual([]);
  });
});

describe('a secret that no sender could ever match', () => {
  it.each([
    ['a space before it', ' a long random text'],
    ['a space behind it', 'a long random text '],
    ['a no-break space behind it', 'a long random text\u00a0'],
    ['a line end', 'a long\nrandom text'],
    ['a line end behind it', 'a long random text\n'],
    ['a tab', 'a long\trandom text'],
    ['another alphabet', 'секретный текст'],
    ['an accent', 'un long texte aléatoire'],
    ['an emoji', 'a long random text 🔑'],
    ['an invisible character', 'a long random text\u200b'],
  ])('with %s is refused, and the field is named', async (_, secret) => {
    const answer = await api.request('POST', path, { json: { name: 'X', source: 'alertmanager', secret } });
    expect([answer.status, ...new Set(fieldsOf(answer))]).toEqual([422, 'secret']);
    expect(JSON.stringify(answer.body)).not.toContain('random text');
  });

  it('is refused for signatures too: pasted with a space, or for a system that signs nothing', async () => {
    expect(fieldsOf(await api.request('POST', path, { json: { name: 'X', source: 'grafana', signing_secret: 'a signing key ' } }))).toEqual(
      ['signing_secret'],
    );
    expect((await api.request('POST', path, { json: { name: 'X', source: 'grafana', signing_secret: 'clé de signature' } })).status).toBe(
      201,
    );
    const answer = await api.request('POST', path, { json: { name: 'Y', source: 'datadog', signing_secret: 'a signing key' } });
    expect(answer.body.errors).toEqual([{ field: 'signing_secret', reason: expect.stringContaining('Datadog does not sign') }]);
  });
});

describe('imas alert-sources secret', () => {
  const settings = () => ({
    DATABASE_URL: api.database.url,
    IMAS_SECRET_KEY: 'a key for the tests alone',
    IMAS_BASE_URL: 'https://imas.example.com',
  });
  const run = (...args: string[]) => imas(['alert-sources', 'secret', ...args], settings());

  test('makes one, shows it once, and keeps its hash', async () => {
    await openBefore('Prometheus Alertmanager', 'alertmanager');
    const { code, stdout, stderr } = await run('prometheus alertmanager');
    expect(code, stderr).toBe(0);
    const secret = /imas_[0-9a-f]{40}/.exec(stdout)?.[0] ?? '';
    expect(stdout).toContain('https://imas.example.com/api/v1/webhooks/alertmanager/');
    expect(stdout).toContain(`Authorization: Bearer ${secret}`);
    const { rows } = await api.database.pool.query(`select encode(secret_hash, 'hex') as hash, open, open_since_before from alert_sources`);
    expect(rows).toEqual([{ hash: createHash('sha256').update(secret).digest('hex'), open: false, open_since_before: false }]);

    const again = await run('Prometheus Alertmanager');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('--replace');
    const replaced = await run('Prometheus Alertmanager', '--replace', '--json');
    expect(JSON.parse(replaced.stdout)).toEqual({
      name: 'Prometheus Alertmanager',
      source: 'alertmanager',
      webhook_url: 'https://imas.example.com/api/v1/webhooks/alertmanager/',
      secret: expect.stringMatching(/^imas_[0-9a-f]{40}$/),
    });
  });

  test('names those that there are', async () => {
    await make();
    const { code, stderr } = await run('Nagios');
    expect([code, stderr.trim()]).toEqual([1, 'There is no alert source "Nagios", only "Alertmanager Paris".']);
  });
});
