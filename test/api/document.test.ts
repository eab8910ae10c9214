import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { said, type Said } from '../../src/domain/said.ts';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import { changesChannel } from '../../src/contract/names.ts';
import { type Answer, type Api, startApi } from './harness.ts';

let api: Api;
let serviceId: string;
beforeAll(async () => {
  api = await startApi();
  Object.assign(api.deps, { incidents: createIncidents({ database: api.database }) });
  serviceId = (await api.request('POST', '/api/v1/services/', { json: { name: 'redis-prod' } })).body.id;
});
afterAll(() => api.close());

const json = (text: unknown): string => JSON.stringify(text);

/** An incident with its document, as the workflow's first record leaves it. */
async function documented(title: string, body = ''): Promise<{ id: string; shortId: string; path: string }> {
  const json = { title, service: serviceId, severity: 'SEV2_HIGH' };
  const { id, short_id: shortId } = (await api.request('POST', '/api/v1/incidents/', { json })).body;
  await api.database.pool.query('insert into documents (incident_id, body) values ($1, $2)', [id, body]);
  return { id, shortId, path: `/api/v1/incidents/${shortId}/document/` };
}

const ann = { type: 'user', id: null, name: 'Ann', via: 'page' };
async function entry(incidentId: string, sequence: number, type: string, what: Said, actor: unknown = ann): Promise<void> {
  await api.database.pool.query(
    `insert into timeline_entries (incident_id, sequence, timestamp, type, said, message, actor) values ($1, $2, $3, $4, $5, '', $6)`,
    [incidentId, sequence, new Date(Date.UTC(2026, 10, 21, 10, sequence)), type, json(what), json(actor)],
  );
}

const write = (path: string, section: string, body: unknown, as: 'staff' | 'member' = 'staff'): Promise<Answer> =>
  api.request('PUT', `${path}sections/${section}/`, { as, json: body });

const sectionOf = (answer: Answer, section: string) =>
  answer.body.sections.find((each: { section: string }) => each.section === section) as Record<string, never>;

describe('what the system knows', () => {
  it('is there as the incident stands now, whatever was there when it was opened', async () => {
    const { id, path } = await documented('Redis is down');
    await entry(id, 1, 'INCIDENT_OPENED', said('entry.opened', { title: 'Redis is down' }));
    const first = await api.request('GET', path, { as: 'member' });
    expect(first.status).toBe(200);
    expect(first.body.body).toContain('| Status | Triggered |');
    expect(first.body.body).toContain('- 21 Nov 2026, 10:01:00 · Incident opened: Redis is down');

    await api.database.pool.query(
      `update incidents set status = 'ACKNOWLEDGED', severity = 'SEV1_CRITICAL', acknowledged_by = 'Ann', acknowledged_at = '2026-11-21T10:02:00Z',
         assignee_id = $2, war_room_url = 'https://chat.example.com/room', updated_at = now() where id = $1`,
      [id, api.users.member],
    );
    await entry(id, 2, 'STATUS_CHANGED', said('entry.acknowledged', { by: 'Ann' }));
    await entry(id, 3, 'COMMENT_ADDED', said('entry.comment', { text: 'It is **the cache**' }));
    const { body } = await api.request('GET', path);
    for (const line of [
      '| Status | Acknowledged |',
      '| Severity | SEV1 (Critical) |',
      '| Assignee | Bob |',
      '| Acknowledged | 21 Nov 2026, 10:02:00 by Ann |',
      '- 21 Nov 2026, 10:02:00 · Acknowledged by Ann',
      '- 21 Nov 2026, 10:03:00 · **Ann**\n  > It is **the cache**',
      '[War room](https://chat.example.com/room)',
    ])
      expect(body.body).toContain(line);
    expect(Date.parse(body.updated_at)).toBeGreaterThan(Date.parse(first.body.updated_at));
  });

  it("is in the reader's language and time zone; a zone that does not exist is refused", async () => {
    const { id, path } = await documented('En français');
    await entry(id, 1, 'STATUS_CHANGED', said('entry.acknowledged', { by: 'Ann' }));
    const { body } = await api.request('GET', `${path}?language=fr&time_zone=Europe/Paris`);
    expect(body.title).toMatch(/^Rapport d’incident - INC-/);
    expect(body.body).toContain('- 21 nov. 2026, 11:01:00 · Pris en charge par Ann');
    expect((await api.request('GET', `${path}?time_zone=Mars/Olympus`)).body.errors).toMatchObject([{ field: 'time_zone' }]);
  });

  it('has the latest thousand entries of a storm, and says how many came before', async () => {
    const { id, path } = await documented('Storm');
    await api.database.pool.query(
      `insert into timeline_entries (incident_id, sequence, timestamp, type, said, message, actor)
       select $1, n, now(), 'ALERT_RECEIVED', json_build_object('code', 'entry.alert', 'values', json_build_object('summary', 'alert ' || n)), '', $2
       from generate_series(1, 1200) n`,
      [id, json(ann)],
    );
    const { body } = await api.request('GET', path);
    expect(body.body).toContain('200 earlier entries are in');
    expect(body.body).not.toMatch(/alert 200$/m);
    expect(body.body).toMatch(/alert 201$/m);
    expect(body.body).toMatch(/alert 1200$/m);
  });

  it('keeps the text of a document that was made by a version before', async () => {
    const { path } = await documented('Before', '# INC-OLD: as it was\n\n## Root cause\n\nWritten by hand.');
    const { body } = await api.request('GET', path);
    expect(body.original).toBe('# INC-OLD: as it was\n\n## Root cause\n\nWritten by hand.');
    expect(body.body).toContain('## Root cause\n\n_To be completed_');
    await write(path, 'root_cause', { version: 0, text: 'New.' });
    const after = await api.request('GET', path);
    expect(after.body.original).toBe(body.original);
    expect((await api.request('GET', (await documented('Now')).path)).body.original).toBeNull();
  });
});

describe('what people write', () => {
  it('is kept in versions: who, when, what before; and any of them can be put back', async () => {
    const { path } = await documented('Versions');
    expect(sectionOf(await api.request('GET', path), 'root_cause')['written']).toEqual({
      version: 0,
      text: '',
      edited_by: null,
      edited_at: null,
      restored_from: null,
    });
    const first = await write(path, 'root_cause', { version: 0, text: 'The cache' });
    expect(first).toMatchObject({ status: 200, body: { version: 1, text: 'The cache', edited_by: { name: 'Ann', via: 'api' } } });
    await write(path, 'root_cause', { version: 1, text: 'The cache, without its replica' }, 'member');
    const back = await write(path, 'root_cause', { version: 2, restore: 1 });
    expect(back.body).toMatchObject({ version: 3, text: 'The cache', restored_from: 1 });
    const { body } = await api.request('GET', `${path}sections/root_cause/versions/?limit=2`);
    expect(body).toMatchObject({
      count: 3,
      results: [
        { version: 3, text: 'The cache', edited_by: { name: 'Ann' }, restored_from: 1 },
        { version: 2, text: 'The cache, without its replica', edited_by: { name: 'Bob' }, restored_from: null },
      ],
    });
    const older = await api.request('GET', body.next.replace('http://imas.test', ''));
    expect(older.body.results).toMatchObject([{ version: 1, text: 'The cache' }]);
    const now = await api.request('GET', path);
    expect(sectionOf(now, 'root_cause')['written']).toMatchObject({ version: 3, text: 'The cache' });
    expect(now.body.body).toContain('## Root cause\n\nThe cache\n\n## Corrective actions');
  });

  it('is never overwritten: the second of two gets 409 with both texts, and nothing of the first is lost', async () => {
    const { path } = await documented('Two at once');
    await write(path, 'impact', { version: 0, text: 'Nobody could pay.' });
    const [one, two] = await Promise.all([
      write(path, 'impact', { version: 1, text: 'From Ann' }, 'staff'),
      write(path, 'impact', { version: 1, text: 'From Bob' }, 'member'),
    ]);
    const [won, lost] = one.status === 200 ? [one, two] : [two, one];
    expect([won.status, lost.status]).toEqual([200, 409]);
    expect(lost.body).toMatchObject({
      status: 409,
      code: 'command.sectionChanged',
      current: { version: 2, text: won.body.text },
      yours: won.body.text === 'From Ann' ? 'From Bob' : 'From Ann',
    });
    expect(lost.body.detail).toBe(`${won.body.edited_by.name} has edited this section since: your text was not saved.`);
    expect(lost.headers.get('content-type')).toContain('application/problem+json');
    // With the version that is there now, it is stored beside it.
    const again = await write(path, 'impact', { version: 2, text: `${lost.body.current.text} and ${lost.body.yours}` });
    expect(again.body.version).toBe(3);
  });

  it('leaves one writer of twenty, whichever, and no version out', async () => {
    const { path } = await documented('Twenty');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => write(path, 'root_cause', { version: 0, text: `text ${n}` })));
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', ...Array.from({ length: 19 }, () => '409')]);
    const won = answers.find(({ status }) => status === 200);
    expect(answers.every(({ status, body }) => status === 200 || body.current.text === won?.body.text)).toBe(true);
    expect((await api.request('GET', `${path}sections/root_cause/versions/`)).body.count).toBe(1);
  });

  it('is stored once when it is sent twice', async () => {
    const { path } = await documented('Twice');
    for (const status of [200, 200]) {
      const answer = await write(path, 'root_cause', { version: 0, text: 'Once' });
      expect(answer).toMatchObject({ status, body: { version: 1 } });
    }
    expect((await write(path, 'lessons_learned', { version: 0, text: '' })).body.version).toBe(0);
  });

  it('is not touched by what happens to the incident, nor the other way round', async () => {
    const { id, path } = await documented('Apart');
    await write(path, 'root_cause', { version: 0, text: '## Timeline\n\nnot the real one' });
    await entry(id, 1, 'INCIDENT_OPENED', said('entry.opened', { title: 'Apart' }));
    await api.database.pool.query(`update incidents set status = 'RESOLVED', resolved_at = now() where id = $1`, [id]);
    const answer = await api.request('GET', path);
    expect(sectionOf(answer, 'root_cause')['written']).toMatchObject({ version: 1, text: '## Timeline\n\nnot the real one' });
    expect(sectionOf(answer, 'timeline')['facts']).toContain('Incident opened: Apart');
  });

  it('may be written by everybody who responds, also after the incident was resolved', async () => {
    const { id, path } = await documented('Resolved');
    await api.database.pool.query(`update incidents set status = 'RESOLVED', resolved_at = now() where id = $1`, [id]);
    expect((await write(path, 'lessons_learned', { version: 0, text: 'Test the restore' }, 'member')).status).toBe(200);
    expect((await api.request('PUT', `${path}sections/lessons_learned/`, { as: 'nobody', json: { version: 1, text: '' } })).status).toBe(
      401,
    );
  });

  it('is refused where nobody writes, without a document, and beyond its length', async () => {
    const { path } = await documented('Refused');
    for (const section of ['summary', 'timeline', 'elsewhere']) {
      expect((await write(path, section, { version: 0, text: 'x' })).status, section).toBe(422);
    }
    for (const body of [
      { text: 'x' },
      { version: 0 },
      { version: 0, text: 'x', restore: 1 },
      { version: -1, text: 'x' },
      { version: 0, restore: 9 },
    ]) {
      expect((await write(path, 'root_cause', body)).status, json(body)).toBe(422);
    }
    expect((await write(path, 'root_cause', { version: 0, text: 'x'.repeat(50_001) })).status).toBe(422);
    const { body } = await api.request('POST', '/api/v1/incidents/', {
      json: { title: 'Without', service: serviceId, severity: 'SEV4_LOW' },
    });
    expect((await write(`/api/v1/incidents/${body.short_id}/document/`, 'root_cause', { version: 0, text: 'x' })).status).toBe(404);
    expect((await api.request('GET', `/api/v1/incidents/${body.short_id}/document/`)).body).toMatchObject({
      status: 404,
      code: 'command.noDocument',
    });
    expect((await write('/api/v1/incidents/INC-000000/document/', 'root_cause', { version: 0, text: 'x' })).status).toBe(404);
  });

  it('is heard of by open pages', async () => {
    const { id, shortId, path } = await documented('Live');
    const client = new Client({ connectionString: api.database.url });
    await client.connect();
    await client.query(`listen ${changesChannel}`);
    const heard = new Promise<string>((resolve) => client.on('notification', ({ payload }) => payload?.includes(id) && resolve(payload)));
    await write(path, 'root_cause', { version: 0, text: 'Heard' });
    expect(JSON.parse(await heard)).toEqual({ incident: id, short_id: shortId, sequence: 0 });
    await client.end();
  });
});
