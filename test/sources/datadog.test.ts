import { describe, expect, test } from 'vitest';
import { datadogConnector as datadog } from '../../src/connectors/datadog/connector.ts';
import { firstAlert, payload, problemOf } from './payloads.ts';

const fingerprint = (body: Record<string, unknown>): string => firstAlert(datadog, body).fingerprint;

test('the custom payload becomes an alert in our words', () => {
  const { raw: _, ...alert } = firstAlert(datadog, payload('datadog-triggered'));
  expect(alert).toMatchObject({
    source: 'datadog',
    status: 'firing',
    startsAt: null,
    endsAt: null,
    at: '2026-11-21T08:52:07.000Z',
    name: 'CPU is high on {{host.name}}',
    summary: 'CPU is high on {{host.name}}',
    description: 'CPU has been above 90 for five minutes. @webhook-imas',
    service: 'checkout',
    severity: 'SEV1_CRITICAL',
    labels: { env: 'prod', host: 'web-1', monitor: '', service: 'checkout', team: 'payments' },
    links: { source: 'https://app.datadoghq.com/event/event?id=7412345678901234567' },
  });
});

describe('a recovery finds its alert', () => {
  const triggered = payload('datadog-triggered');
  const recovered = payload('datadog-recovered');

  test('although its event id and title differ', () => {
    expect(recovered.id).not.toBe(triggered.id);
    expect(firstAlert(datadog, recovered)).toMatchObject({ status: 'resolved', fingerprint: fingerprint(triggered) });
  });

  test('by the cycle key before all else', () => {
    const cycle = { alert_cycle_key: '15389017438475' };
    expect(fingerprint({ ...triggered, ...cycle })).toBe(fingerprint({ title: 'Something else', hostname: 'other', ...cycle }));
  });

  test('by monitor and scope, each group for itself', () => {
    const group = (host: string, title: string) => fingerprint({ title, alert_id: '1234', alert_scope: `host:${host}` });
    expect(group('a', '[Triggered] X')).toBe(group('a', '[Recovered] X renamed'));
    expect(group('a', 'X')).not.toBe(group('b', 'X'));
  });

  test.each([
    '[Triggered] Host is Down',
    '[Recovered] Host is Down',
    '[Warn] Host is Down',
    '[No Data] Host is Down',
    '[Re-Triggered] Host is Down',
    '[Re-No Data] Host is Down',
    '[P1] [Re-Warn] Host is Down',
    '[Renotify] Host is Down',
    'Host is Down',
  ])('by a title freed of its transition: %s', (title) => {
    expect(fingerprint({ title, hostname: 'web-1' })).toBe(fingerprint({ title: 'Host is Down', hostname: 'web-1' }));
    expect(firstAlert(datadog, { title }).name).toBe('Host is Down');
  });

  test('and by the scope in the title: two hosts of one monitor are two alerts', () => {
    const on = (word: string, host: string) => fingerprint({ title: `[${word} on {host:${host}}] Host is Down` });
    expect(on('Triggered', 'a')).toBe(on('Recovered', 'a'));
    expect(on('Triggered', 'a')).not.toBe(on('Triggered', 'b'));
    expect(firstAlert(datadog, { title: '[Re-Triggered on {host:a,env:prod}] Host is Down' }).name).toBe('Host is Down');
  });

  test('a title of nothing but brackets keeps its last', () => {
    expect(firstAlert(datadog, { title: '[Triggered] [Memory Alert]' }).name).toBe('[Memory Alert]');
    expect(firstAlert(datadog, { title: '[Triggered]' }).name).toBe('[Triggered]');
  });
});

test.each([
  ['error', null, 'firing', 'SEV1_CRITICAL'],
  ['warning', null, 'firing', 'SEV2_HIGH'],
  ['info', 'Triggered', 'firing', 'SEV3_MEDIUM'],
  ['success', null, 'resolved', 'SEV3_MEDIUM'],
  ['error', 'Recovered', 'resolved', 'SEV1_CRITICAL'],
  ['', '', 'firing', 'SEV3_MEDIUM'],
  ['$ALERT_TYPE', '$ALERT_TRANSITION', 'firing', 'SEV3_MEDIUM'],
])('alert_type %s and transition %s are %s, %s', (alert_type, alert_transition, status, severity) => {
  expect(firstAlert(datadog, { title: 'X', alert_type, alert_transition })).toMatchObject({ status, severity });
});

test.each([
  ['1795251127000', '2026-11-21T08:52:07.000Z'],
  ['1795251127', '2026-11-21T08:52:07.000Z'],
  [1795251127000, '2026-11-21T08:52:07.000Z'],
  ['2026-11-21 08:52:07 UTC', '2026-11-21T08:52:07.000Z'],
  ['$LAST_UPDATED', null],
  ['soon', null],
])('last_updated %s is %s', (last_updated, at) => {
  expect(firstAlert(datadog, { title: 'X', last_updated }).at).toBe(at);
});

test("Datadog's own payload, with objects in it, is understood", () => {
  const body = {
    body: 'b',
    last_updated: '1795251127000',
    event_type: 'metric_alert_monitor',
    title: '[Recovered] X',
    date: '1',
    org: { id: '1', name: 'o' },
    id: '9',
  };
  expect(firstAlert(datadog, body)).toMatchObject({ name: 'X', status: 'resolved' });
});

test('a tag that comes twice keeps both values', () => {
  expect(firstAlert(datadog, { title: 'X', tags: 'role:a,role:b, url:http://x:1/ ,__proto__:p,,' }).labels).toEqual(
    Object.assign(Object.create(null) as object, { role: 'a,b', url: 'http://x:1/', ['__proto__']: 'p' }),
  );
});

test.each<[string, unknown, string]>([
  ['nothing to call it by', { id: '1', alert_type: 'error' }, 'title'],
  ['a list', [], 'body'],
  ['a title that is an object', { title: {} }, 'title'],
  ['tags that are a number', { title: 'X', tags: 7 }, 'tags'],
  ['a tag of a million characters', { title: 'X', tags: `a:${'x'.repeat(1_000_000)}` }, 'tags'],
  ['1,000 tags', { title: 'X', tags: Array.from({ length: 1_000 }, (_, n) => `t${n}:x`).join(',') }, 'tags'],
])('%s is refused by the name of its field', (_what, body, field) => {
  expect(problemOf(datadog, body).field).toBe(field);
});

test.each([
  ['%%%\nCPU is **high**\n%%%', 'CPU is **high**'],
  ['  %%%  x %%%  ', 'x'],
  ['100 %%% of it', '100 %%% of it'],
  ['%%%', ''],
  ['%%%%%%', ''],
  [' as it stands ', ' as it stands '],
])('the Markdown fence around a text goes: %j', (body, description) => {
  expect(firstAlert(datadog, { title: 'X', body }).description).toBe(description);
});

test('its word for the transition tells two changes at the same time apart', () => {
  const told = (alert_transition: string) => firstAlert(datadog, { title: 'X', last_updated: '1795251127000', alert_transition });
  expect(told('Triggered').transition).not.toBe(told('Re-Triggered').transition);
  expect(firstAlert(datadog, { title: 'X' }).transition).toBeUndefined();
});
