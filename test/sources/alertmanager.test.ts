import { describe, expect, test } from 'vitest';
import { alertmanagerConnector as alertmanager } from '../../src/connectors/alertmanager/connector.ts';
import { grafanaConnector as grafana } from '../../src/connectors/grafana/connector.ts';
import { alertsOf, firstAlert, payload, problemOf } from './payloads.ts';

describe('a real Alertmanager body', () => {
  test('becomes an alert in our words', () => {
    const { raw, ...alert } = firstAlert(alertmanager, payload('alertmanager-firing'));
    expect(raw).toEqual(payload('alertmanager-firing').alerts[0]);
    expect(alert).toEqual({
      source: 'alertmanager',
      fingerprint: '9bf6fe16313101cc',
      status: 'firing',
      startsAt: '2026-11-21T08:39:09.728Z',
      endsAt: null,
      at: '2026-11-21T08:39:09.728Z',
      name: 'HighErrorRate',
      summary: 'High error rate on checkout',
      description: 'Value is 0.9',
      service: 'checkout',
      severity: 'SEV1_CRITICAL',
      labels: {
        alertname: 'HighErrorRate',
        instance: '127.0.0.1:19100',
        job: 'demo',
        service: 'checkout',
        severity: 'critical',
        team: 'payments',
      },
      annotations: {
        description: 'Value is 0.9',
        runbook_url: 'https://runbooks.example.com/high-error-rate',
        summary: 'High error rate on checkout',
      },
      links: {
        source: 'http://vm:19090/graph?g0.expr=demo_error_rate+%3E+0.5&g0.tab=1',
        runbook: 'https://runbooks.example.com/high-error-rate',
      },
    });
  });

  test('a mixed batch is taken alert by alert, whatever its top-level status says', () => {
    const body = payload('alertmanager-mixed');
    expect(body.status).toBe('firing');
    expect(alertsOf(alertmanager, body).map(({ service, status, endsAt }) => [service, status, endsAt])).toEqual([
      ['cart', 'firing', null],
      ['checkout', 'firing', null],
      ['search', 'resolved', '2026-11-21T08:39:23.728Z'],
    ]);
  });

  test('fingerprint and start are the same firing and resolved', () => {
    const firing = alertsOf(alertmanager, payload('alertmanager-three-firing'));
    for (const resolved of alertsOf(alertmanager, payload('alertmanager-resolved'))) {
      expect(firing.filter((alert) => alert.fingerprint === resolved.fingerprint && alert.startsAt === resolved.startsAt)).toHaveLength(1);
    }
  });
});

describe('Grafana', () => {
  test('nanoseconds are cut to milliseconds, and its links are kept', () => {
    const [checkout] = alertsOf(grafana, payload('grafana-resolved'));
    expect(checkout).toMatchObject({
      source: 'grafana',
      status: 'resolved',
      endsAt: '2026-11-21T08:52:02.812Z',
      startsAt: '2026-11-21T08:50:07.000Z',
    });
    expect(Object.keys(checkout?.links ?? {}).sort()).toEqual(['dashboard', 'runbook', 'silence', 'source']);
  });
});

describe('severity', () => {
  test.each([
    ['critical', 'SEV1_CRITICAL'],
    ['Critical', 'SEV1_CRITICAL'],
    ['warning', 'SEV2_HIGH'],
    ['info', 'SEV3_MEDIUM'],
    ['page', 'SEV1_CRITICAL'],
    ['emerg', 'SEV1_CRITICAL'],
    ['P1', 'SEV1_CRITICAL'],
    ['high', 'SEV2_HIGH'],
    ['error', 'SEV2_HIGH'],
    ['P2', 'SEV2_HIGH'],
    ['P3', 'SEV3_MEDIUM'],
    ['ticket', 'SEV4_LOW'],
    ['low', 'SEV4_LOW'],
    ['p5', 'SEV4_LOW'],
    ['none', 'SEV3_MEDIUM'],
    ['purple', 'SEV3_MEDIUM'],
    ['', 'SEV3_MEDIUM'],
    ['SEV4_LOW', 'SEV4_LOW'],
  ])('%s is %s', (word, severity) => {
    expect(firstAlert(alertmanager, { alerts: [{ status: 'firing', labels: { alertname: 'A', severity: word } }] }).severity).toBe(
      severity,
    );
  });

  test('none is SEV3', () => {
    expect(firstAlert(alertmanager, { alerts: [{ status: 'firing', labels: { alertname: 'A' } }] }).severity).toBe('SEV3_MEDIUM');
  });
});

describe('what is missing or wrong', () => {
  const one = (alert: unknown) => ({ status: 'firing', alerts: [{ status: 'firing', labels: { alertname: 'ok' } }, alert] });

  test('without a fingerprint, the labels make one, in any order', () => {
    const a = firstAlert(alertmanager, { alerts: [{ status: 'firing', labels: { alertname: 'A', b: '1' } }] });
    const b = firstAlert(alertmanager, { alerts: [{ status: 'resolved', labels: { b: '1', alertname: 'A' } }] });
    const c = firstAlert(alertmanager, { alerts: [{ status: 'resolved', labels: { b: '2', alertname: 'A' } }] });
    expect(a.fingerprint).toBe(b.fingerprint);
    expect(a.fingerprint).not.toBe(c.fingerprint);
  });

  test('an alert without a status has that of the body', () => {
    expect(firstAlert(alertmanager, { status: 'resolved', alerts: [{ labels: { alertname: 'A' } }] }).status).toBe('resolved');
  });

  test.each<[string, unknown, string]>([
    ['no alerts', { status: 'firing' }, 'alerts'],
    ['alerts that are no list', { alerts: 'x' }, 'alerts'],
    ['a body that is no object', 'hello', 'body'],
    ['null', null, 'body'],
    ['an alert that is no object', one(7), 'alerts[1]'],
    ['an unknown status', one({ status: 'burning', labels: { a: 'b' } }), 'alerts[1].status'],
    ['labels that are no object', one({ status: 'firing', labels: ['a'] }), 'alerts[1].labels'],
    ['a label that is an object', one({ status: 'firing', labels: { a: 'b', team: {} } }), 'alerts[1].labels.team'],
    ['no labels and no fingerprint', one({ status: 'firing' }), 'alerts[1].labels'],
    ['a time that does not exist', one({ status: 'firing', labels: { a: 'b' }, startsAt: '2026-02-30T00:00:00Z' }), 'alerts[1].startsAt'],
    ['a time that is none', one({ status: 'firing', labels: { a: 'b' }, startsAt: 'yesterday' }), 'alerts[1].startsAt'],
    ['a label of a million characters', one({ status: 'firing', labels: { a: 'x'.repeat(1_000_000) } }), 'alerts[1].labels.a'],
    ['a number without end', one({ status: 'firing', labels: { a: Infinity } }), 'alerts[1].labels.a'],
    [
      '201 labels',
      one({ status: 'firing', labels: Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`l${n}`, 'x'])) }),
      'alerts[1].labels',
    ],
  ])('%s is refused by the name of its field', (_what, body, field) => {
    expect(problemOf(alertmanager, body).field).toBe(field);
  });

  test('a label of exactly 8 KiB is taken, a long annotation is cut', () => {
    const alert = firstAlert(alertmanager, {
      alerts: [{ status: 'firing', labels: { a: 'x'.repeat(8_192) }, annotations: { summary: 'Long', description: '😀'.repeat(20_000) } }],
    });
    expect(alert.labels['a']).toHaveLength(8_192);
    expect(alert.description.length).toBeLessThanOrEqual(16_384);
    expect(alert.description).toMatch(/^(😀)+…$/u);
  });

  test('NUL characters, which Postgres cannot hold, are replaced everywhere', () => {
    const alert = firstAlert(alertmanager, {
      alerts: [{ status: 'firing', labels: { 'a\0b': 'c\0' }, annotations: { summary: '\0' }, extra: ['\0'] }],
    });
    expect(alert.labels).toEqual({ 'a\ufffdb': 'c\ufffd' });
    expect(JSON.stringify(alert)).not.toContain('\\u0000');
  });

  test('labels may be called anything', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","alertname":"A"}') as unknown;
    const alert = firstAlert(alertmanager, { alerts: [{ status: 'firing', labels }] });
    expect(JSON.parse(JSON.stringify(alert.labels))).toEqual(labels);
    expect(alert.labels['hasOwnProperty']).toBeUndefined();
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('a link that is no web address is left out', () => {
    const alert = firstAlert(alertmanager, {
      alerts: [
        { status: 'firing', labels: { a: 'b' }, generatorURL: 'javascript:alert(1)', annotations: { runbook_url: 'data:text/html,x' } },
      ],
    });
    expect(alert.links).toEqual({});
  });

  test('an empty list is no alerts', () => {
    expect(alertsOf(alertmanager, { status: 'firing', alerts: [] })).toEqual([]);
  });
});

const alert = (given: Record<string, unknown>) =>
  firstAlert(alertmanager, { alerts: [{ status: 'firing', labels: { alertname: 'A' }, ...given }] });

test('a word for severity that means nothing here is told, and leaves the fingerprint as it is', () => {
  const purple = alert({ labels: { alertname: 'A', severity: 'purple' } });
  expect(purple).toMatchObject({ severity: 'SEV3_MEDIUM', labels: { severity: 'purple', 'unknown severity': 'purple' } });
  expect(alert({ labels: { alertname: 'A', severity: 'none' } }).labels).toEqual({ alertname: 'A', severity: 'none' });
});

test.each(['0001-01-01T00:00:00Z', '0000-00-00T00:00:00', '0000-00-00 00:00:00', 'when it is over', 7.5e300, {}])(
  'what a firing alert says of its end does not count: %s',
  (endsAt) => {
    expect(alert({ endsAt })).toMatchObject({ status: 'firing', endsAt: null });
  },
);

test.each([
  ['0001-01-01T00:00:00Z', null],
  ['0000-00-00T00:00:00', null],
  ['2026-11-21T08:52:07', '2026-11-21T08:52:07.000Z'],
  ['2026-11-21 08:52', '2026-11-21T08:52:00.000Z'],
  ['2026/11/21 08:52:07', '2026-11-21T08:52:07.000Z'],
  ['2026-11-21T08:52:07.123456789+01:00', '2026-11-21T07:52:07.123Z'],
  ['Sat, 21 Nov 2026 08:52:07 GMT', '2026-11-21T08:52:07.000Z'],
  ['21 Nov 2026 08:52:07 +0100', '2026-11-21T07:52:07.000Z'],
  [1795251127, '2026-11-21T08:52:07.000Z'],
  [1795251127123, '2026-11-21T08:52:07.123Z'],
  [1795251127123456, '2026-11-21T08:52:07.123Z'],
  ['1795251127123456789', '2026-11-21T08:52:07.123Z'],
  ['1795251127.123', '2026-11-21T08:52:07.123Z'],
])('a start of %s is %s', (startsAt, expected) => {
  expect(alert({ startsAt }).startsAt).toBe(expected);
});

test.each(['Sat, 31 Feb 2026 08:52:07 GMT', '21 Now 2026 08:52:07 GMT', '2026-11-21T25:00:00Z'])('%s is no time', (startsAt) => {
  expect(problemOf(alertmanager, { alerts: [{ status: 'firing', labels: { a: 'b' }, startsAt }] }).field).toBe('alerts[0].startsAt');
});

test('maps that are empty may be lists, as PHP writes them', () => {
  expect(alert({ labels: [], annotations: [], fingerprint: 'a' })).toMatchObject({ labels: {}, annotations: {} });
});

test.each(['DatasourceNoData', 'DatasourceError'])('%s is no name of a rule: it stands beside it', (alertname) => {
  const of = (rulename: string) =>
    firstAlert(grafana, { alerts: [{ status: 'firing', labels: { alertname, rulename, datasource_uid: 'p' } }] });
  expect(of('Disk full')).toMatchObject({ name: 'Disk full', labels: { alertname } });
  expect(of('Queue long').name).toBe('Queue long');
});

test('InfoInhibitor tells nobody', () => {
  expect(alert({ labels: { alertname: 'InfoInhibitor', severity: 'none' } }).neverPages).toBe(true);
  expect(alert({}).neverPages).toBeUndefined();
});
