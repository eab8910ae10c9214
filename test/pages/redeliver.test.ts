import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import pino from 'pino';
import { createIncidents } from '../../src/incidents/create-incidents.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import type { Intake } from '../../src/intake/intake.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createApp } from '../../src/api/app.ts';
import { startApi, type Answer, type Api, type RequestOptions } from '../api/harness.ts';
import { createSeed, type Seed } from '../support/seed.ts';

describe('delivering again', () => {
  let api: Api;
  let seed: Seed;
  let intake: Intake;
  let checkoutId: string;
  let call: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;

  beforeAll(async () => {
    api = await startApi({ secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }) });
    seed = createSeed(api.database.pool);
    checkoutId = await seed.service({ name: 'checkout', policyId: api.policyId });
    await seed.alertSource({ source: 'alertmanager', name: 'Prometheus' });
    intake = createIntake({ database: api.database, log: pino({ level: 'silent' }), metrics: createMetrics() });
    const app = createApp({ ...api.deps, intake, incidents: createIncidents({ database: api.database }) }, { settingsFreshForMs: 0 });
    const tokens: Record<string, string> = {};
    call = async (method, path, { as = 'staff', json } = {}) => {
      tokens[as] ??= (
        await api.request('POST', '/api/auth/token/', {
          as: 'nobody',
          json: { username: as === 'staff' ? 'ann' : 'bob', password: 'correct horse battery staple' },
        })
      ).body.token;
      const headers = {
        ...(as === 'nobody' ? {} : { authorization: `Token ${tokens[as]}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const response = await app.request(path, { method, headers, body: json === undefined ? null : JSON.stringify(json) });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
  });
  beforeEach(async () => {
    await api.database.pool.query('truncate alerts, alert_deliveries, incidents, outbox, commands, alert_rules, rejected_payloads cascade');
    await api.database.pool.query('update alert_sources set secret_hash = null, is_active = true');
  });
  afterAll(async () => {
    await intake.close();
    await api.close();
  });

  const start = '2026-11-21T08:00:00.000Z';
  const send = async (
    status: 'firing' | 'resolved',
    labels: Record<string, string> = {},
  ): Promise<{ outcome: string; incident: string }> => {
    const alert = {
      status,
      labels: { alertname: 'SlowCheckout', ...labels },
      startsAt: start,
      endsAt: status === 'resolved' ? '2026-11-21T09:00:00.000Z' : '0001-01-01T00:00:00Z',
    };
    const { status: answered, body } = await call('POST', '/api/v1/webhooks/alertmanager/', {
      as: 'nobody',
      json: { version: '4', status, alerts: [alert] },
    });
    expect(answered).toBe(202);
    return body.alerts[0];
  };
  const rule = (more: object): Promise<Answer> =>
    call('POST', '/api/v1/alert-rules/', {
      json: { name: 'R', conditions: [{ field: 'name', operator: 'equals', value: 'SlowCheckout' }], ...more },
    });
  const again = (id: string): Promise<Answer> => call('POST', `/api/v1/alerts/${id}/redeliver/`);

  async function onlyAlertId(): Promise<string> {
    const { rows } = await api.database.pool.query<{ id: string }>('select id::text from alerts');
    expect(rows).toHaveLength(1);
    return rows[0]!.id;
  }

  test('an alert that nobody routed goes where a rule made since leads it, and leaves the incident it was in', async () => {
    const first = await send('firing');
    const id = await onlyAlertId();
    await rule({ service: checkoutId });
    const { status, body } = await again(id);
    expect(status).toBe(200);
    expect(body.alerts).toMatchObject([
      {
        outcome: 'opened',
        service: { name: 'checkout' },
        rule: { name: 'R' },
        before: { service: { name: 'Unrouted' }, incident: { id: first.incident } },
      },
    ]);
    const incident = body.alerts[0].incident.id;
    expect(incident).not.toBe(first.incident);

    const { rows: told } = await api.database.pool.query<{ kind: string; what: string }>(
      `select kind, payload->>'kind' as what from outbox where incident_id = $1 order by id`,
      [first.incident],
    );
    expect(told.map(({ kind, what }) => what ?? kind)).toEqual(['firing', 'command', 'resolved']);
    const { rows: comments } = await api.database.pool.query<{ text: string; by: string }>(
      `select payload->>'text' as text, actor->>'name' as by from commands where incident_id = $1`,
      [first.incident],
    );
    expect(comments).toEqual([
      {
        by: 'Ann',
        text: `The alert was redelivered with the current rules and now belongs to checkout: see ${body.alerts[0].incident.short_id}`,
      },
    ]);

    // The source knows nothing of all this: its repeats are known, and its end ends the alert where it is now.
    expect(await send('firing')).toEqual({ outcome: 'known', incident });
    expect(await send('resolved')).toEqual({ outcome: 'resolved', incident });
  });

  test('what the rules handle as before is left alone', async () => {
    const { incident } = await send('firing', { service: 'checkout' });
    const { body } = await again(await onlyAlertId());
    expect(body.alerts).toMatchObject([{ outcome: 'unchanged', incident: { id: incident }, service: { name: 'checkout' } }]);
    await onlyAlertId();
    expect((await api.database.pool.query('select 1 from outbox')).rowCount).toBe(1);
  });

  test('an alert that still fires though its incident is resolved is handled anew', async () => {
    const { incident } = await send('firing', { service: 'checkout' });
    await api.database.pool.query(`update incidents set status = 'RESOLVED', resolved_at = now() where id = $1`, [incident]);
    const { body } = await again(await onlyAlertId());
    expect(body.alerts).toMatchObject([{ outcome: 'reopened', incident: { id: incident } }]);
  });

  test('what is over wakes nobody; it is said where it would go', async () => {
    await send('firing');
    await send('resolved');
    await rule({ service: checkoutId });
    const { body } = await again(await onlyAlertId());
    expect(body.alerts).toMatchObject([{ outcome: 'ended', service: { name: 'checkout' }, before: { service: { name: 'Unrouted' } } }]);
    await onlyAlertId();
  });

  test('a suppressed alert opens its incident once the rule is gone', async () => {
    const made = await rule({ suppress: true });
    expect((await send('firing')).outcome).toBe('suppressed');
    await call('PATCH', `/api/v1/alert-rules/${made.body.id}/`, { json: { is_active: false } });
    const { body } = await again(await onlyAlertId());
    expect(body.alerts).toMatchObject([{ outcome: 'opened', before: { incident: null } }]);
  });

  test('two who press at once move it once', async () => {
    await send('firing');
    const id = await onlyAlertId();
    await rule({ service: checkoutId });
    const answers = await Promise.all([again(id), again(id)]);
    expect(answers.filter(({ status, body }) => status === 200 && body.alerts[0].outcome === 'opened')).toHaveLength(1);
    const { rows } = await api.database.pool.query('select 1 from incidents where service_id = $1', [checkoutId]);
    expect(rows).toHaveLength(1);
  });

  test('is for staff, and for what exists', async () => {
    expect((await call('POST', '/api/v1/alerts/99/redeliver/', { as: 'member' })).status).toBe(403);
    expect((await again('99')).status).toBe(404);
    expect((await call('POST', '/api/v1/rejected-payloads/99/redeliver/')).status).toBe(404);
  });

  describe('a payload that was not understood', () => {
    const keep = async (source: string, body: string): Promise<string> => {
      const { rows } = await api.database.pool.query<{ id: string }>(
        `insert into rejected_payloads (source, body, body_hash, reason, field) values ($1, $2, sha256($2), 'was not understood then', 'alerts')
         returning id::text`,
        [source, Buffer.from(body)],
      );
      return rows[0]!.id;
    };
    const kept = async (): Promise<{ reason: string; field: string; count: number }[]> =>
      (await call('GET', '/api/v1/rejected-payloads/')).body.results;

    test('leaves the list when it is understood now, without the secret of its source', async () => {
      await api.database.pool.query(`update alert_sources set secret_hash = sha256('secret')`);
      const body = { version: '4', alerts: [{ status: 'firing', labels: { alertname: 'A', service: 'checkout' }, startsAt: start }] };
      const { status, body: answer } = await call(
        'POST',
        `/api/v1/rejected-payloads/${await keep('alertmanager', JSON.stringify(body))}/redeliver/`,
      );
      expect(status).toBe(200);
      expect(answer.alerts).toMatchObject([{ outcome: 'opened', summary: 'A', service: { name: 'checkout' }, before: null }]);
      expect(await kept()).toEqual([]);
    });

    test('stays when it is not, with the reason of today', async () => {
      const { status, body } = await call(
        'POST',
        `/api/v1/rejected-payloads/${await keep('alertmanager', '{"alerts":[{"status":"burning"}]}')}/redeliver/`,
      );
      expect(status).toBe(422);
      expect(body.errors).toEqual([{ field: 'alerts[0].status', reason: 'must be firing or resolved' }]);
      expect(await kept()).toMatchObject([{ field: 'alerts[0].status', reason: 'must be firing or resolved', count: 1 }]);
    });

    test('of which only the beginning was kept is not taken for the whole', async () => {
      const id = await keep('alertmanager', '{}');
      await api.database.pool.query(`update rejected_payloads set body_hash = 'x'`);
      expect((await call('POST', `/api/v1/rejected-payloads/${id}/redeliver/`)).status).toBe(409);
    });

    test('of a source that has no way in any more is refused', async () => {
      await api.database.pool.query('update alert_sources set is_active = false');
      const id = await keep('alertmanager', JSON.stringify({ alerts: [{ status: 'firing', labels: { alertname: 'A' } }] }));
      expect((await call('POST', `/api/v1/rejected-payloads/${id}/redeliver/`)).status).toBe(409);
      expect(await kept()).toHaveLength(1);
    });
  });
});
