import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { payload, payloadBytes } from '../sources/payloads.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(async () => {
  await receiver.database.pool.query('truncate rejected_payloads');
});

const generic = (changes: Record<string, unknown> = {}) => ({
  title: `Disk full ${randomUUID()}`,
  service: 'redis-prod',
  severity: 'high',
  ...changes,
});

async function addService(name: string): Promise<string> {
  const { rows } = await receiver.database.pool.query<{ id: string }>(
    'insert into services (name, escalation_policy_id) select $1, id from escalation_policies limit 1 returning id',
    [name],
  );
  return rows[0]?.id as string;
}

describe('every source', () => {
  test.each([
    ['alertmanager', 'alertmanager-mixed', 3],
    ['grafana', 'grafana-firing', 2],
    ['datadog', 'datadog-triggered', 1],
    ['generic', 'sentry-triggered', 1],
    ['generic', 'generic-batch', 2],
  ] as const)('%s: %s is kept before it is answered, with and without the slash', async (source, name, alerts) => {
    const first = await receiver.post(`${source}/`, payloadBytes(name));
    expect(first).toMatchObject({ status: 202, body: { accepted: alerts } });
    expect(first.body.alerts).toHaveLength(alerts);
    const kept = await receiver.count('alerts');
    const again = await receiver.post(source, payloadBytes(name));
    expect(again).toMatchObject({ status: 202, body: { accepted: alerts } });
    expect(await receiver.count('alerts')).toBe(kept);
  });

  test('an alert opens an incident whose id is in the answer, and its end is told', async () => {
    const alert = generic({ id: randomUUID() });
    const opened = await receiver.post('generic', JSON.stringify(alert));
    expect(opened.body).toEqual({
      accepted: 1,
      alerts: [{ outcome: 'opened', incident: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }],
    });
    const resolved = await receiver.post('generic', JSON.stringify({ ...alert, status: 'resolved' }));
    expect(resolved.body.alerts).toEqual([{ outcome: 'resolved', incident: opened.body.alerts[0].incident }]);
  });

  test('no alerts are accepted as none', async () => {
    expect(await receiver.post('alertmanager', '{"alerts":[]}')).toMatchObject({ status: 202, body: { accepted: 0, alerts: [] } });
  });

  test('a content type that is wrong or missing does not matter', async () => {
    expect(
      (await receiver.post('generic', JSON.stringify(generic()), { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(202);
  });

  test('only POST', async () => {
    const response = await fetch(`${receiver.url}/grafana/`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('routing', () => {
  test('by the service label in any case, else to the catch-all', async () => {
    const serviceId = await addService('Search-API');
    const named = await receiver.post('generic', JSON.stringify(generic({ service: 'search-api' })));
    const unknown = await receiver.post('generic', JSON.stringify(generic({ service: 'nobody' })));
    const { rows } = await receiver.database.pool.query<{ id: string; service_id: string; is_catch_all: boolean }>(
      'select i.id, service_id, is_catch_all from incidents i join services s on s.id = service_id where i.id = any($1)',
      [[named.body.alerts[0].incident, unknown.body.alerts[0].incident]],
    );
    expect(rows.find((row) => row.id === named.body.alerts[0].incident)?.service_id).toBe(serviceId);
    expect(rows.find((row) => row.id === unknown.body.alerts[0].incident)?.is_catch_all).toBe(true);
  });

  test('a rule maps a Sentry project to a service and sets the severity', async () => {
    const serviceId = await addService('Cart');
    await receiver.database.pool.query(
      `insert into alert_rules (name, source, conditions, service_id, severity) values ('cart', 'sentry', $1, $2, 'SEV1_CRITICAL')`,
      [JSON.stringify([{ field: 'labels.project', operator: 'equals', value: 'cart-web' }]), serviceId],
    );
    const body = {
      action: 'triggered',
      data: { issue: { id: randomUUID(), title: 'Boom', level: 'info', project: { slug: 'cart-web' } } },
    };
    const { body: answer } = await receiver.post('generic', JSON.stringify(body));
    const { rows } = await receiver.database.pool.query('select service_id, severity from incidents where id = $1', [
      answer.alerts[0].incident,
    ]);
    expect(rows).toEqual([{ service_id: serviceId, severity: 'SEV1_CRITICAL' }]);
  });
});

describe('what is not understood', () => {
  test('is a problem that names the field, and is kept once however often it comes', async () => {
    const body = JSON.stringify({
      alerts: [
        { status: 'firing', labels: { alertname: 'A' } },
        { status: 'firing', labels: { alertname: {} } },
      ],
    });
    for (let n = 0; n < 3; n++) {
      const answer = await receiver.post('alertmanager', body);
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        type: 'about:blank',
        status: 422,
        errors: [{ field: 'alerts[1].labels.alertname', reason: 'must be a text' }],
      });
    }
    const { rows } = await receiver.database.pool.query('select source, body, content_type, field, reason, count from rejected_payloads');
    expect(rows).toEqual([
      {
        source: 'alertmanager',
        body: Buffer.from(body),
        content_type: 'application/json',
        field: 'alerts[1].labels.alertname',
        reason: 'must be a text',
        count: 3,
      },
    ]);
  });

  test.each(['alertmanager', 'generic'])('%s: one alert that is not understood silences none of the others', async (source) => {
    const [first, last] = [randomUUID(), randomUUID()];
    const alert = (id: string) => ({ status: 'firing', fingerprint: id, title: id, labels: { alertname: id, service: 'redis-prod' } });
    const body = JSON.stringify({ alerts: [alert(first), { ...alert(randomUUID()), startsAt: 'yesterday' }, alert(last)] });
    const answer = await receiver.post(source, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field: 'alerts[1].startsAt', reason: 'must be an RFC 3339 date-time' }]);
    expect(answer.body.detail).toContain('the other 2 alerts of this body are taken in');
    const { rows } = await receiver.database.pool.query(
      'select fingerprint from alerts where fingerprint = any($1) and incident_id is not null',
      [[first, last]],
    );
    expect(rows).toHaveLength(2);
    expect(await receiver.count('rejected_payloads')).toBe(1);
  });

  test('no more than 64 KiB of it is kept', async () => {
    const answer = await receiver.post(
      'alertmanager',
      JSON.stringify({ alerts: [{ status: 'firing', labels: { a: 'x'.repeat(1_000_000) } }] }),
    );
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'alerts[0].labels.a' }] } });
    const { rows } = await receiver.database.pool.query('select length(body) as bytes from rejected_payloads');
    expect(rows).toEqual([{ bytes: 65_536 }]);
  });

  const deep = (levels: number) => `{"title":"X","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  test.each<[string, string | Uint8Array, number, string]>([
    ['an empty body', '', 400, 'body'],
    ['no JSON', '{"title":', 400, 'body'],
    ['bytes that are no UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 400, 'body'],
    ['NaN', '{"title":"NaN \\" Infinity","value":NaN}', 422, 'value'],
    ['-Infinity', '[{"title":"X","list":[1,-Infinity]}]', 422, '[0].list[1]'],
    ['a number too large', '{"title":"X","value":1e999}', 422, 'value'],
    ['400,000 levels', deep(400_000), 422, `a${'[0]'.repeat(31)}`],
    ['100,000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 80_000 }, (_, n) => [`k${n}`, 1]))), 422, 'body'],
    ['a million empty objects', `{"title":"X","list":[${'{},'.repeat(300_000)}{}]}`, 422, 'list'],
    ['unclosed quotes', `{"a":NaN,${'\\"'.repeat(400_000)}`, 400, 'body'],
  ])('%s', async (_what, body, status, field) => {
    const answer = await receiver.post('generic', body);
    expect(answer).toMatchObject({ status, body: { errors: [{ field: expect.stringContaining(field) as string }] } });
    expect(answer.tookMs).toBeLessThan(5_000);
    expect(await receiver.count('rejected_payloads')).toBe(1);
  });

  test('names from the prototype are labels like any other, and are stored', async () => {
    const before = Reflect.ownKeys(Object.prototype).length;
    const title = randomUUID();
    const body = `{"title":"${title}","__proto__":{"polluted":1},"labels":{"__proto__":"p","constructor":"c","n\\u0000l":"\\u0000"}}`;
    expect((await receiver.post('generic', body)).status).toBe(202);
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { rows } = await receiver.database.pool.query<{ labels: string }>('select labels::text from alerts where name = $1', [title]);
    expect(Object.entries(JSON.parse(rows[0]?.labels as string) as object).toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['n\ufffdl', '\ufffd'],
    ]);
  });

  test('unknown keys are no reason', async () => {
    const body = payload('alertmanager-firing');
    body.future = { deep: [1, 2] };
    body.alerts[0].future = 'x';
    expect((await receiver.post('alertmanager', JSON.stringify(body))).status).toBe(202);
  });
});

test('requests and alerts are counted', async () => {
  const text = await receiver.metrics.text();
  expect(text).toMatch(/imas_intake_requests_total\{source="alertmanager",result="accepted"\} [1-9]/);
  expect(text).toMatch(/imas_intake_requests_total\{source="generic",result="rejected"\} [1-9]/);
  expect(text).toMatch(/imas_intake_alerts_total\{source="sentry",outcome="opened"\} [1-9]/);
});
