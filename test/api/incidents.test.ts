import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { said, type Said } from '../../src/domain/said.ts';
import { newIncident } from '../../src/domain/incident/state.ts';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import { type Api, baseUrl, password, startApi } from './harness.ts';

let api: Api;
let serviceId: string;
beforeAll(async () => {
  api = await startApi();
  const incidents = createIncidents({ database: api.database });
  // Bound late, since it needs the database that the API came with.
  Object.assign(api.deps, { incidents });
  const { body } = await api.request('POST', '/api/v1/services/', { json: { name: 'redis-prod' } });
  serviceId = body.id;
});
afterAll(() => api.close());

const open = (title: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  api.request('POST', '/api/v1/incidents/', {
    as: 'member',
    json: { title, description: '', service: serviceId, severity: 'SEV2_HIGH', ...more },
    headers,
  });

/** What a worker does with a command, as far as the API sees it: its row gets a result. */
async function finish(outcome: 'applied' | 'refused', what: Said, effect = ''): Promise<void> {
  for (;;) {
    const { rowCount } = await api.database.pool.query(
      'update commands set outcome = $1, said = $2, finished_at = now() where outcome is null',
      [outcome, JSON.stringify(what)],
    );
    if (effect !== '') await api.database.pool.query(effect);
    if (rowCount !== 0) return;
  }
}

describe('the three calls that other programs make', () => {
  it('token, service by search, incident', async () => {
    const token = await api.app.request('/api/auth/token/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'bob', password }),
    });
    const headers = { Authorization: `Token ${((await token.json()) as { token: string }).token}`, 'Content-Type': 'application/json' };
    const found = (await (await api.app.request('/api/v1/services/?search=redis-prod', { headers })).json()) as {
      results: { id: string }[];
    };
    const opened = await api.app.request('/api/v1/incidents/', {
      method: 'POST',
      headers,
      body: JSON.stringify({ title: 'Redis is down', description: 'No answer', service: found.results[0]?.id, severity: 'SEV1_CRITICAL' }),
    });
    expect(opened.status).toBe(201);
    const incident = (await opened.json()) as Record<string, unknown>;
    expect(incident).toMatchObject({
      title: 'Redis is down',
      description: 'No answer',
      severity: 'SEV1_CRITICAL',
      status: 'TRIGGERED',
      service: { id: serviceId, name: 'redis-prod' },
      team: null,
      assignee: null,
      acknowledged_at: null,
      resolved_at: null,
      origin: 'person',
      created_by: 'Bob',
      alerts: { total: 0, firing: 0 },
      group: null,
    });
    expect(incident['short_id']).toMatch(/^INC-[A-Z0-9]{6}$/);
    expect(incident['created_at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(incident['url']).toBe(`${baseUrl}/dashboard/incidents/${String(incident['short_id'])}/`);
  });
});

describe('reading', () => {
  it('takes a UUID and a short id, in any case', async () => {
    const { body } = await open('Either id');
    for (const id of [body.id, body.short_id, body.short_id.toLowerCase()]) {
      expect((await api.request('GET', `/api/v1/incidents/${id}/`)).body).toEqual(body);
      expect((await api.request('GET', `/api/v1/incidents/${id}/timeline/`)).body).toEqual({
        count: 0,
        next: null,
        previous: null,
        results: [],
      });
      expect((await api.request('GET', `/api/v1/incidents/${id}/explain/`)).body).toMatchObject({
        incident_id: body.id,
        pages: [],
        next: null,
      });
      expect((await api.request('GET', `/api/v1/incidents/${id}/document/`)).status).toBe(404);
      expect((await api.request('GET', `/api/v1/incidents/${id}/deliveries/`)).body.count).toBe(0);
      expect((await api.request('GET', `/api/v1/incidents/${id}/alerts/`)).body.count).toBe(0);
    }
  });

  it('finds by the beginnings of words, by short id, and by nothing that breaks the query', async () => {
    const { body } = await open("Köln's disk-space (95%) low");
    const search = async (text: string) =>
      (await api.request('GET', `/api/v1/incidents/?search=${encodeURIComponent(text)}`)).body.results.map((row: { id: string }) => row.id);
    for (const text of ['disk', 'disk-sp', 'KÖLN low', body.short_id, body.short_id.toLowerCase(), body.short_id.slice(4, 8)]) {
      expect(await search(text), text).toContain(body.id);
    }
    for (const text of ["' | ! & :*", 'x\\', "a' or 'b", 'nothing like it', '<->']) {
      const answer = await api.request('GET', `/api/v1/incidents/?search=${encodeURIComponent(text)}`);
      expect(answer.status, text).toBe(200);
    }
    expect(await search('nothing')).toEqual([]);
  });

  it('filters, orders and pages, each row once, to the end and back', async () => {
    const titles = ['one', 'two', 'three', 'four', 'five'].map((word) => `paging ${word}`);
    for (const title of titles) await open(title, { severity: 'SEV4_LOW' });
    for (const ordering of ['created_at', '-created_at', 'severity', '-severity']) {
      const pages: string[][] = [];
      let url: string | null = `/api/v1/incidents/?search=paging&severity=SEV3_MEDIUM,SEV4_LOW&limit=2&ordering=${ordering}`;
      let previous: string | null = null;
      while (url !== null) {
        const { body } = await api.request('GET', url.replace(baseUrl, ''));
        expect(body.count).toBe(5);
        pages.push(body.results.map((row: { title: string }) => row.title));
        url = body.next;
        previous = body.previous;
      }
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat().toSorted()).toEqual(titles.toSorted());
      if (ordering === '-created_at') expect(pages.flat()).toEqual(titles.toReversed());
      const back = await api.request('GET', String(previous).replace(baseUrl, ''));
      expect(back.body.results.map((row: { title: string }) => row.title)).toEqual(pages[1]);
      expect(back.body.next).not.toBeNull();
    }
    expect((await api.request('GET', '/api/v1/incidents/?status=RESOLVED')).body.count).toBe(0);
    expect((await api.request('GET', '/api/v1/incidents/?status=OPEN')).status).toBe(422);
    expect((await api.request('GET', `/api/v1/incidents/?assignee=me`)).body.count).toBe(0);
  });

  it('orders by urgency: what nobody has acknowledged first, then by severity and age', async () => {
    const made = [];
    for (const [title, severity, status] of [
      ['urgent held', 'SEV1_CRITICAL', 'ACKNOWLEDGED'],
      ['urgent low', 'SEV4_LOW', 'TRIGGERED'],
      ['urgent over', 'SEV1_CRITICAL', 'RESOLVED'],
      ['urgent bad', 'SEV2_HIGH', 'TRIGGERED'],
      ['urgent bad too', 'SEV2_HIGH', 'TRIGGERED'],
    ] as const) {
      const { body } = await open(title, { severity });
      made.push(body.id);
      await api.database.pool.query('update incidents set status = $2 where id = $1', [body.id, status]);
    }
    const { body } = await api.request('GET', '/api/v1/incidents/?search=urgent&ordering=urgency');
    const titles = body.results.map((row: { title: string }) => row.title);
    expect(titles).toEqual(['urgent bad', 'urgent bad too', 'urgent low', 'urgent held', 'urgent over']);
  });

  it('finds what somebody has to do with: assigned to them, or they were notified', async () => {
    const mine = async (who: string) =>
      (await api.request('GET', `/api/v1/incidents/?search=involving&involves=${who}`, { as: 'member' })).body.results.map(
        (row: { title: string }) => row.title,
      );
    const { body: assigned } = await open('involving by assignment');
    const { body: notified } = await open('involving by notification');
    const { body: skipped } = await open('involving nobody');
    await api.database.pool.query('update incidents set assignee_id = $2 where id = $1', [assigned.id, api.users.member]);
    for (const [id, state] of [
      [notified.id, 'sent'],
      [skipped.id, 'skipped'],
    ]) {
      await api.database.pool.query(
        `insert into deliveries (delivery_id, attempt, incident_id, provider_type, user_id, purpose, state) values ($1 || '/x', 1, $1::uuid, 'SMTP', $2, 'page', $3)`,
        [id, api.users.member, state],
      );
    }
    expect((await mine('me')).toSorted()).toEqual(['involving by assignment', 'involving by notification']);
    expect(await mine(api.users.member)).toHaveLength(2);
  });

  it('shows the timeline in order, by type', async () => {
    const { body } = await open('With a past');
    await api.database.pool.query(
      `insert into timeline_entries (incident_id, sequence, timestamp, type, message, actor, data)
       select $1, n, '2026-01-05T09:00:00Z', case when n % 2 = 0 then 'ALERT_SENT' else 'COMMENT_ADDED' end, 'entry ' || n,
         '{"type":"system","id":null,"name":"IMAS","via":"workflow"}', jsonb_build_object('n', n) from generate_series(1, 6) n`,
      [body.id],
    );
    const all = await api.request('GET', `/api/v1/incidents/${body.short_id}/timeline/?limit=4`);
    expect(all.body.results.map((entry: { sequence: number }) => entry.sequence)).toEqual([1, 2, 3, 4]);
    const rest = await api.request('GET', all.body.next.replace(baseUrl, ''));
    expect(rest.body.results.map((entry: { sequence: number }) => entry.sequence)).toEqual([5, 6]);
    const sent = await api.request('GET', `/api/v1/incidents/${body.short_id}/timeline/?type=ALERT_SENT&ordering=-sequence`);
    expect(sent.body.results[0]).toEqual({
      sequence: 6,
      timestamp: '2026-01-05T09:00:00.000Z',
      type: 'ALERT_SENT',
      message: 'entry 6',
      code: null,
      values: {},
      actor: { type: 'system', id: null, name: 'IMAS', via: 'workflow' },
      data: { n: 6 },
    });
    expect(sent.body.count).toBe(3);
  });

  it('says what happened as a code with values, and in English', async () => {
    const { body } = await open('Told');
    const to = said('entry.recipient', { provider: 'Slack', who: 'SRE Core' });
    const reason = said('reason.named');
    await api.database.pool.query(
      `insert into timeline_entries (incident_id, sequence, timestamp, type, said, message, actor, data) values
         ($1, 1, now(), 'ALERT_SENT', null, 'Told Bob by Demo mail', $2, '{"reasons":["named directly"]}'), ($1, 2, now(), 'ALERT_SENT', $3, '', $2, $4)`,
      [
        body.id,
        '{"type":"system","id":null,"name":"IMAS","via":"workflow"}',
        JSON.stringify(said('entry.sent', { to })),
        JSON.stringify({ reasons: [reason] }),
      ],
    );
    const { results } = (await api.request('GET', `/api/v1/incidents/${body.id}/timeline/`)).body;
    expect(results).toMatchObject([
      { message: 'Told Bob by Demo mail', code: null, values: {}, data: { reasons: [{ message: 'named directly' }] } },
      {
        message: 'Notification sent to Slack (SRE Core)',
        code: 'entry.sent',
        values: { to },
        data: { reasons: [{ ...reason, message: 'named as a target' }] },
      },
    ]);
    for (const [search, found] of [
      ['told bob', [1]],
      ['sent to slack (sre', [2]],
      ['o', [1, 2]],
      ['entry', []],
    ] as const) {
      const answer = await api.request('GET', `/api/v1/incidents/${body.id}/timeline/?search=${encodeURIComponent(search)}`);
      expect(answer.body.results.map(({ sequence }: { sequence: number }) => sequence)).toEqual(found);
    }
  });
});

describe('what is kept beside an incident', () => {
  it('its deliveries, one row an attempt, newest first', async () => {
    const { body } = await open('Was sent');
    await api.database.pool.query(
      `insert into deliveries (delivery_id, attempt, incident_id, provider_type, user_id, address, purpose, state, started_at, error)
       select 'page.1', n, $1, 'SMTP', $2, 'bob@example.test', 'page', case when n < 3 then 'failed' else 'sent' end,
         '2026-01-05T09:00:00Z'::timestamptz + n / 2 * interval '1 minute', case when n < 3 then 'refused' end from generate_series(1, 3) n`,
      [body.id, api.users.member],
    );
    const first = await api.request('GET', `/api/v1/incidents/${body.short_id}/deliveries/?limit=2`);
    expect(first.body.count).toBe(3);
    expect(first.body.results[0]).toMatchObject({ attempt: 3, state: 'sent', user: { name: 'Bob' }, provider: null, error: null });
    const second = await api.request('GET', first.body.next.replace(baseUrl, ''));
    expect(second.body.results).toMatchObject([{ attempt: 1, state: 'failed', error: 'refused' }]);
    expect(second.body.next).toBeNull();
  });

  it('why who was paged', async () => {
    const { body } = await open('Explained');
    const { pool } = api.database;
    const target = { type: 'user', id: api.users.member } as const;
    const state = newIncident({
      incidentId: body.id,
      shortId: body.short_id,
      title: 'Explained',
      severity: 'SEV2_HIGH',
      service: { id: serviceId, name: 'redis-prod' },
      assignee: null,
      openedAtMs: Date.parse('2026-01-05T09:00:00Z'),
      autoResolve: { mode: 'off', quietSeconds: 0 },
      policy: {
        id: api.policyId,
        name: 'Default',
        version: 1,
        document: { levels: [{ delay_seconds: 60, targets: [target] }], repeat: 0, fallback: [target], acknowledged_timeout_seconds: 0 },
      },
      targetNames: { [`user:${api.users.member}`]: 'Bob' },
    });
    // Kept by a version that wrote texts where codes stand now.
    const before = {
      id: 'e0.r0.l0.user:ann.0',
      recipientId: 'e0.r0.l0.user:ann',
      purpose: 'page',
      plan: { for: 'level', epoch: 0, round: 0, level: 0 },
      name: 'Ann',
      userId: null,
      way: { providerId: 'p', providerName: 'Mail', providerType: 'SMTP', address: null, atOnce: true, reason: 'last way' },
      reasons: ['target: user Ann', 'last way'],
      outcome: 'failed',
      detail: 'mail.example.com refused the mail.',
      atMs: Date.parse('2026-01-05T09:00:00Z'),
    };
    const due = { ...state, pages: [before], ladder: { ...state.ladder, dueAtMs: Date.parse('2026-01-05T09:01:00Z') } };
    await pool.query('update incidents set state = $2 where id = $1', [body.id, JSON.stringify(due)]);
    const { body: explained } = await api.request('GET', `/api/v1/incidents/${body.short_id}/explain/`, { as: 'member' });
    expect(explained.policy).toEqual({ id: api.policyId, name: 'Default', version: 1 });
    expect(explained.pages).toMatchObject([
      {
        outcome: 'failed',
        who: 'Ann',
        by: 'Mail',
        reasons: [{ message: 'target: user Ann' }, { message: 'last way' }],
        event: null,
        detail: { code: 'cause.verbatim', message: 'mail.example.com refused the mail.' },
        cure: null,
      },
      { outcome: 'due', who: 'Bob', by: null, at: '2026-01-05T09:01:00.000Z' },
    ]);
    expect(explained.next).toMatchObject({
      at: '2026-01-05T09:01:00.000Z',
      what: {
        code: 'due.level',
        values: { level: 1, who: 'Bob' },
        message: 'Level 1 will be notified unless someone acknowledges: Bob',
      },
    });
  });
});

describe('acting', () => {
  it('answers 200 with the new state once it was done', async () => {
    const { body } = await open('Acknowledged soon');
    const [answer] = await Promise.all([
      api.request('POST', `/api/v1/incidents/${body.short_id}/acknowledge/`, { as: 'member' }),
      finish(
        'applied',
        said('command.acknowledged'),
        `update incidents set status = 'ACKNOWLEDGED', acknowledged_by = 'Bob', acknowledged_at = now() where id = '${body.id}'`,
      ),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: body.id,
      status: 'ACKNOWLEDGED',
      acknowledged_by: 'Bob',
      command: { outcome: 'applied', code: 'command.acknowledged', values: {}, message: 'Acknowledged' },
    });
    const { rows } = await api.database.pool.query('select kind, actor from commands where incident_id = $1', [body.id]);
    expect(rows).toEqual([{ kind: 'acknowledge', actor: { type: 'user', id: api.users.member, name: 'Bob', via: 'api' } }]);
  });

  it('answers 409 with the reason when the state forbids it', async () => {
    const { body } = await open('Resolved already');
    const [answer] = await Promise.all([
      api.request('POST', `/api/v1/incidents/${body.id}/resolve/`, { json: { note: 'Fixed' } }),
      finish('refused', said('command.alreadyResolved', { who: 'Ann' })),
    ]);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      detail: 'Already resolved by Ann.',
      code: 'command.alreadyResolved',
      values: { who: 'Ann' },
    });
  });

  it('answers 202 while every worker is down', async () => {
    const { body } = await open('Nobody works');
    const answer = await api.request('POST', `/api/v1/incidents/${body.id}/comments/`, { json: { text: 'Looking' } });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'TRIGGERED', command: { outcome: 'pending' } });
    await finish('applied', said('command.commented'));
  });

  it('gives each change of a PATCH as a command of its own', async () => {
    const { body } = await open('Changed');
    const [answer] = await Promise.all([
      api.request('PATCH', `/api/v1/incidents/${body.id}/`, { as: 'member', json: { severity: 'SEV1_CRITICAL', assignee: 'me' } }),
      finish('applied', said('command.severity', { severity: said('entry.severity.SEV1_CRITICAL') })).then(() =>
        finish('applied', said('command.assigned', { who: 'Bob' })),
      ),
    ]);
    expect(answer.status).toBe(200);
    const { rows } = await api.database.pool.query('select payload from commands where incident_id = $1 order by accepted_at', [body.id]);
    expect(rows.map((row) => row.payload)).toEqual([
      { kind: 'change_severity', severity: 'SEV1_CRITICAL' },
      { kind: 'assign', assignee: { id: api.users.member, name: 'Bob' } },
    ]);
  });

  it.each([
    ['PATCH', '', {}, 'body'],
    ['PATCH', '', { severity: 'HIGH' }, 'severity'],
    ['PATCH', '', { assignee: '00000000-0000-4000-8000-000000000000' }, 'assignee'],
    ['PATCH', '', { status: 'RESOLVED' }, 'body'],
    ['POST', 'comments/', { text: ' ' }, 'text'],
    ['POST', 'resolve/', { note: 5 }, 'note'],
  ])('%s %s %j names what is wrong', async (method, path, json, field) => {
    const { body } = await open('Refuses');
    const answer = await api.request(method, `/api/v1/incidents/${body.id}/${path}`, { json });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it.each([
    ['title', { title: '' }],
    ['service', { service: '00000000-0000-4000-8000-000000000000' }],
    ['impact_scopes[0]', { impact_scopes: ['00000000-0000-4000-8000-000000000000'] }],
    ['severity', { severity: 'critical' }],
  ])('opening names a wrong %s', async (field, more) => {
    const answer = await open('Wrong', more);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });
});

describe('who is told', () => {
  it('nobody, where an incident is opened with "notify": false', async () => {
    const { body } = await open('For the record', { notify: false });
    const { rows } = await api.database.pool.query('select opened_quietly from incidents where id = $1', [body.id]);
    expect(rows).toEqual([{ opened_quietly: true }]);
    expect((await api.request('GET', `/api/v1/incidents/${body.id}/explain/`)).body.is_quiet).toBe(true);
    const loud = await open('As ever');
    expect((await api.request('GET', `/api/v1/incidents/${loud.body.id}/explain/`)).body.is_quiet).toBe(false);
    expect((await open('Wrong', { notify: 'no' })).body.errors[0].field).toBe('notify');
  });

  it('the impact scopes that somebody adds', async () => {
    const scope = await api.request('POST', '/api/v1/impact-scopes/', { json: { name: 'Security', emails: ['ciso@example.com'] } });
    const { body } = await open('Leak');
    const path = `/api/v1/incidents/${body.short_id}/impact-scopes/`;
    const [added] = await Promise.all([
      api.request('POST', path, { as: 'member', json: { impact_scopes: [scope.body.id] } }),
      finish('applied', said('command.scopesAdded', { scopes: 'Security' })),
    ]);
    expect([added.status, added.body.command.message]).toEqual([200, 'Impact scope added: Security']);
    const { rows } = await api.database.pool.query('select payload from commands where incident_id = $1', [body.id]);
    expect(rows).toEqual([{ payload: { kind: 'add_scopes', scopes: [{ id: scope.body.id, name: 'Security' }] } }]);
    const unknown = await api.request('POST', path, { json: { impact_scopes: [scope.body.id, '00000000-0000-4000-8000-000000000000'] } });
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([422, 'impact_scopes[1]']);
    expect((await api.request('POST', path, { json: { impact_scopes: [] } })).status).toBe(422);
  });
});

describe('Idempotency-Key', () => {
  it('opens one incident, however often it is asked', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => open('Once', {}, { 'Idempotency-Key': 'once' })));
    const done = answers.filter((answer) => answer.status === 201);
    expect(answers.every((answer) => answer.status === 201 || answer.status === 409)).toBe(true);
    const again = await open('Once', {}, { 'Idempotency-Key': 'once' });
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(`/api/v1/incidents/${again.body.short_id}/`);
    for (const answer of done) expect(answer.body).toEqual(again.body);
    expect((await api.request('GET', '/api/v1/incidents/?search=Once')).body.count).toBe(1);
  });

  it('is refused for another body, and is each user’s own', async () => {
    await open('First', {}, { 'Idempotency-Key': 'shared' });
    const other = await open('Second', {}, { 'Idempotency-Key': 'shared' });
    expect(other.status).toBe(422);
    const mine = await api.request('POST', '/api/v1/incidents/', {
      as: 'staff',
      json: { title: 'Third', service: serviceId, severity: 'SEV4_LOW' },
      headers: { 'Idempotency-Key': 'shared' },
    });
    expect(mine.body.title).toBe('Third');
  });

  it('is 409 while the first request is under way, and free again when that one died', async () => {
    const { pool } = api.database;
    const json = { name: 'Made once' };
    const headers = { 'Idempotency-Key': 'dying' };
    await api.request('POST', '/api/v1/teams/', { json, headers });
    await pool.query(`update idempotency_keys set status = null, response = null where key = 'dying'`);
    const waiting = await api.request('POST', '/api/v1/teams/', { json, headers });
    expect(waiting.status).toBe(409);
    expect(waiting.headers.get('retry-after')).toBe('1');
    await pool.query(`update idempotency_keys set created_at = now() - interval '2 minutes' where key = 'dying'`);
    const taken = await api.request('POST', '/api/v1/teams/', { json, headers });
    expect(taken.body.errors[0].field).toBe('name');
  });

  it('replays refusals and deletions too, and rejects keys that are none', async () => {
    const headers = { 'Idempotency-Key': 'refused' };
    const first = await api.request('POST', '/api/v1/teams/', { json: { name: '' }, headers });
    const second = await api.request('POST', '/api/v1/teams/', { json: { name: '' }, headers });
    expect([first.status, second.status]).toEqual([422, 422]);
    const team = await api.request('POST', '/api/v1/teams/', { json: { name: 'Short-lived' } });
    const remove = () => api.request('DELETE', `/api/v1/teams/${team.body.id}/`, { headers: { 'Idempotency-Key': 'gone' } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect((await api.request('POST', '/api/v1/teams/', { json, headers: { 'Idempotency-Key': 'x'.repeat(201) } })).status).toBe(422);
  });

  it('makes an action’s command the same one', async () => {
    const { body } = await open('Acted on twice');
    const act = () => api.request('POST', `/api/v1/incidents/${body.id}/escalate/`, { headers: { 'Idempotency-Key': 'act' } });
    expect((await act()).status).toBe(202);
    const [again] = await Promise.all([act(), finish('applied', said('command.escalated'))]);
    expect(again.status).toBe(200);
    const { rows } = await api.database.pool.query('select id from commands where incident_id = $1', [body.id]);
    expect(rows).toEqual([{ id: `${api.users.staff}:act` }]);
  });
});

const json = { name: 'Any' };
