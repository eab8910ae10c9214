import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linksFor, type AnswerAct } from '../../src/answers/answer-links.ts';
import { readConfig } from '../../src/config.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import type { CommandRequest } from '../../src/incidents/incidents.ts';
import { baseUrl, startApi, type Api } from '../api/harness.ts';

/** Links in messages, by which one person does one thing to one incident without signing in. */
let api: Api;
const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
/** What reached the incidents: no link may do anything else. */
const given: Omit<CommandRequest, 'waitMs'>[] = [];

beforeAll(async () => {
  api = await startApi({
    secrets,
    config: readConfig({ IMAS_BASE_URL: baseUrl, IMAS_ANSWER_LINKS: 'acknowledge,resolve' }),
    incidents: {
      open: () => Promise.reject(new Error('no link opens anything')),
      async command({ id, incidentId, actor, body }) {
        given.push({ id, incidentId, actor, body });
        return { outcome: 'applied', said: { code: 'command.acknowledged', values: {} } };
      },
    },
  });
});
afterAll(() => api.close());

async function openIncident(epoch = 1): Promise<string> {
  const { rows } = await api.database.pool.query<{ id: string }>(
    `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version, epoch, runbook_url, war_room_url)
     values (gen_random_uuid(), '<b>Redis</b> is down', 'SEV1_CRITICAL', $1, 'person', $2, 1, $3,
       'https://wiki.example.com/redis?a=1&b=2', 'https://chat.example.com/room') returning id`,
    [api.catchAllId, api.policyId, epoch],
  );
  return rows[0]!.id;
}

async function linksOf(incidentId: string, { epoch = 1, acts = ['acknowledge'] as readonly AnswerAct[], userId = api.users.staff } = {}) {
  const answers = await linksFor({ pool: api.database.pool, secrets, baseUrl, acts }, { incidentId, userId, epoch });
  return answers.map(({ url }) => url.slice(baseUrl.length));
}
const linkOf = async (...args: Parameters<typeof linksOf>): Promise<string> => (await linksOf(...args))[0]!;
const get = (path: string) => api.request('GET', path, { as: 'nobody' });
const post = (path: string) => api.request('POST', path, { as: 'nobody' });

describe('a link', () => {
  it('shows one button to whoever fetches it, and does what it says to whoever presses that, in the name of its person', async () => {
    const incidentId = await openIncident();
    const link = await linkOf(incidentId);
    const shown = await get(link);
    expect(shown.status).toBe(200);
    expect(shown.body).toContain('<button type="submit">Acknowledge</button>');
    expect(shown.body).toContain('&lt;b&gt;Redis&lt;/b&gt; is down');
    expect(shown.headers.get('referrer-policy')).toBe('no-referrer');
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(given).toEqual([]);
    const pressed = await post(link);
    expect(pressed.body).toMatch(/You have INC-[A-Z0-9]{6}, Ann: nobody else is paged\./);
    expect(pressed.body).toContain('<dt>Severity</dt>');
    expect(pressed.body).toMatch(/<dd>🔴 SEV1 Critical<\/dd>/);
    expect(pressed.body).toContain('href="https://wiki.example.com/redis?a=1&amp;b=2" rel="noreferrer">Runbook</a>');
    expect(pressed.body).toContain('href="https://chat.example.com/room" rel="noreferrer">War room</a>');
    const command = { incidentId, body: { kind: 'acknowledge' }, actor: { type: 'user', id: api.users.staff, name: 'Ann', via: 'link' } };
    expect(given.splice(0)).toEqual([{ ...command, id: expect.stringMatching(/^answer\/[0-9a-f]{64}$/) }]);
  });

  it('is the same on every attempt, another for each person, act, incident and escalation, and short enough for an SMS', async () => {
    const [first, second] = [await openIncident(), await openIncident()];
    const acts = ['acknowledge', 'resolve'] as const;
    const links = await linksOf(first, { acts });
    expect(await linksOf(first, { acts })).toEqual(links);
    const others = [
      ...(await linksOf(second, { acts })),
      ...(await linksOf(first, { acts, userId: api.users.member })),
      ...(await linksOf(first, { acts, epoch: 2 })),
    ];
    expect(new Set([...links, ...others]).size).toBe(8);
    expect(links[0]).toHaveLength('/a/'.length + 18);
  });

  it('does nothing to an incident that began anew', async () => {
    const link = await linkOf(await openIncident(2), { epoch: 1 });
    expect((await get(link)).body).toContain('triggered again since');
    expect((await post(link)).status).toBe(410);
    expect(given).toEqual([]);
  });

  it('expires', async () => {
    const incidentId = await openIncident();
    const link = await linkOf(incidentId);
    await api.database.pool.query(`update answer_links set expires_at = now() - interval '1 second' where incident_id = $1`, [incidentId]);
    expect(await post(link)).toMatchObject({ status: 410, body: expect.stringContaining('This link has expired.') });
    expect(given).toEqual([]);
  });

  it('dies with its person’s account', async () => {
    const link = await linkOf(await openIncident(), { userId: api.users.member });
    await api.database.pool.query('update users set is_active = false where id = $1', [api.users.member]);
    expect((await get(link)).status).toBe(404);
    expect((await post(link)).status).toBe(404);
    await api.database.pool.query('update users set is_active = true where id = $1', [api.users.member]);
    expect(given).toEqual([]);
  });

  it('whatever is forged, altered or of another installation acts on nothing', async () => {
    const link = await linkOf(await openIncident());
    const token = link.slice('/a/'.length);
    const elsewhere = createSecretBox({ key: 'the key of another installation', oldKeys: [] });
    const foreign = elsewhere.sign('anything', 'answer').slice(0, 18);
    const altered = fc
      .tuple(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')),
      )
      .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1))
      .filter((other) => other !== token);
    const forged = fc.string({ minLength: 1, maxLength: 80 }).filter((other) => other !== token);
    const cut = fc.nat({ max: token.length - 1 }).map((length) => token.slice(0, length) || '-');
    await fc.assert(
      fc.asyncProperty(fc.oneof(altered, forged, cut, fc.constant(foreign), fc.constant(`${token}${token}`)), async (other) => {
        const { status } = await post(`/a/${encodeURIComponent(other)}`);
        expect([404, 405]).toContain(status);
        expect(given).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('the store knows no link, only what one looks like', async () => {
    const link = await linkOf(await openIncident());
    const { rows } = await api.database.pool.query('select answer_links::text as row from answer_links');
    expect(rows.filter(({ row }) => String(row).includes(link.slice('/a/'.length)))).toEqual([]);
  });
});
