import { describe, expect, test } from 'vitest';
import { genericConnector as generic } from '../../src/connectors/generic/connector.ts';
import { readJson } from '../../src/intake/read-json.ts';
import { alertsOf, firstAlert, payload, problemOf, readAt } from './payloads.ts';

test('a batch', () => {
  const [disk, certificate] = alertsOf(generic, payload('generic-batch'));
  expect(disk).toMatchObject({
    source: 'generic',
    name: 'Disk full',
    service: 'redis-prod',
    severity: 'SEV2_HIGH',
    startsAt: '2026-11-21T08:00:00.000Z',
    labels: { mount: '/data', service: 'redis-prod', severity: 'high' },
    links: { source: 'https://checks.example.com/1' },
  });
  expect(certificate).toMatchObject({
    fingerprint: 'cert/shop',
    name: 'Certificate expires',
    summary: 'Certificate of shop.example.com expires in 3 days',
    severity: 'SEV3_MEDIUM',
    labels: { env: 'prod', team: 'web' },
  });
});

test('one object, a list and {"alerts": […]} mean the same', () => {
  const alert = { title: 'X', service: 's' };
  const [one] = alertsOf(generic, alert);
  expect(alertsOf(generic, [alert])).toEqual([one]);
  expect(alertsOf(generic, { alerts: [alert] })).toEqual([one]);
});

describe('severity is as given', () => {
  test.each([
    ['SEV1_CRITICAL', 'SEV1_CRITICAL'],
    ['sev4_low', 'SEV4_LOW'],
    ['critical', 'SEV1_CRITICAL'],
    ['high', 'SEV2_HIGH'],
    ['medium', 'SEV3_MEDIUM'],
    ['low', 'SEV4_LOW'],
    ['P1', 'SEV1_CRITICAL'],
    ['p4', 'SEV4_LOW'],
    ['sev2', 'SEV2_HIGH'],
    ['SEV-3', 'SEV3_MEDIUM'],
    [1, 'SEV1_CRITICAL'],
    ['whatever', 'SEV3_MEDIUM'],
    [null, 'SEV3_MEDIUM'],
  ])('%s is %s', (severity, expected) => {
    expect(firstAlert(generic, { title: 'X', severity }).severity).toBe(expected);
  });
  test('the label counts where the field is missing', () => {
    expect(firstAlert(generic, { title: 'X', labels: { severity: 'low' } }).severity).toBe('SEV4_LOW');
  });
});

describe('identity', () => {
  test.each(['fingerprint', 'dedup_key', 'id'])('%s is taken as it is', (key) => {
    expect(firstAlert(generic, { title: 'X', [key]: 'abc' }).fingerprint).toBe('abc');
  });
  test('without one, service, name and labels tie a resolve to its alert, whatever else changed', () => {
    const firing = firstAlert(generic, {
      title: 'Disk full',
      service: 'db',
      labels: { mount: '/a' },
      severity: 'high',
      description: '90 %',
    });
    const resolved = firstAlert(generic, { title: 'Disk full', service: 'db', labels: { mount: '/a' }, status: 'resolved' });
    const other = firstAlert(generic, { title: 'Disk full', service: 'db', labels: { mount: '/b' } });
    expect(resolved).toMatchObject({ status: 'resolved', fingerprint: firing.fingerprint });
    expect(other.fingerprint).not.toBe(firing.fingerprint);
  });
  test('one that is too long for an index is hashed', () => {
    const long = 'x'.repeat(5_000);
    const { fingerprint } = firstAlert(generic, { title: 'X', id: long });
    expect(fingerprint.length).toBeLessThanOrEqual(256);
    expect(firstAlert(generic, { title: 'Y', id: long }).fingerprint).toBe(fingerprint);
  });
});

test.each([
  ['resolved', 'resolved'],
  ['RESOLVED', 'resolved'],
  ['ok', 'resolved'],
  ['CLEAR', 'resolved'],
  ['close', 'resolved'],
  ['Normal', 'resolved'],
  ['healthy', 'resolved'],
  ['firing', 'firing'],
  ['unheard of', 'firing'],
])('status %s is %s', (status, expected) => {
  expect(firstAlert(generic, { title: 'X', status }).status).toBe(expected);
});

test('long texts are cut, none of them refused', () => {
  const long = 'a '.repeat(100_000);
  const alert = firstAlert(generic, { title: long, summary: long, description: long });
  expect(alert.name.length).toBeLessThanOrEqual(255);
  expect(alert.summary.length).toBeLessThanOrEqual(1_024);
  expect(alert.description.length).toBeLessThanOrEqual(16_384);
  expect(alert.summary.endsWith('…')).toBe(true);
});

test.each<[string, unknown, string]>([
  ['nothing to call it by', { description: 'x' }, 'title'],
  ['the same in a batch', { alerts: [{ title: 'ok' }, {}] }, 'alerts[1].title'],
  ['the same in a list', [{ title: 'ok' }, {}], '[1].title'],
  ['a word', 'hello', 'body'],
  ['alerts that are no list', { alerts: {} }, 'alerts'],
  ['a severity that is an object', { title: 'X', severity: {} }, 'severity'],
  ['a time that is none', { title: 'X', starts_at: 'noon' }, 'starts_at'],
  ['too deep', { title: 'X', a: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown }, `a${'[0]'.repeat(31)}`],
  ['100,000 keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 1])), 'body'],
  ['a number without end', { title: 'X', value: JSON.parse('1e999') as number }, 'value'],
])('%s is refused by the name of its field', (_what, body, field) => {
  expect(problemOf(generic, body).field).toBe(field);
});

test.each<[string, unknown]>([
  ['a text', 'env:prod,team:db'],
  ['texts', ['env:prod', 'team:db']],
  ['an object', { env: 'prod', team: 'db' }],
  [
    'pairs',
    [
      ['env', 'prod'],
      ['team', 'db'],
    ],
  ],
  [
    'objects',
    [
      { key: 'env', value: 'prod' },
      { name: 'team', value: 'db' },
    ],
  ],
])('tags may be %s', (_shape, tags) => {
  expect(firstAlert(generic, { title: 'X', tags }).labels).toMatchObject({ env: 'prod', team: 'db' });
});

test('tags that are an empty list, and numbers among them, do no harm', () => {
  expect(firstAlert(generic, { title: 'X', tags: [], labels: [], annotations: [] }).labels).toEqual({});
  expect(firstAlert(generic, { title: 'X', tags: [7, null, { key: 'up', value: false }] }).labels).toEqual({ 7: '', up: 'false' });
});

describe('long numbers', () => {
  const read = (text: string) => {
    const json = readJson(Buffer.from(text));
    if (!json.ok) throw new Error(json.reason);
    return json.value;
  };

  test('keep their digits in any field, so that two alerts stay two', () => {
    const [one, two] = alertsOf(
      generic,
      read('[{"title":"X","id":7150318842716463101,"labels":{"n":-90071992547409931}},{"title":"X","id": 7150318842716463102}]'),
    );
    expect([one?.fingerprint, two?.fingerprint, one?.labels['n']]).toEqual([
      '7150318842716463101',
      '7150318842716463102',
      '-90071992547409931',
    ]);
    expect(one?.raw).toMatchObject({ id: '7150318842716463101' });
  });

  test('and other numbers stay numbers', () => {
    expect(
      read('{"a": 1e30, "b": 0.12345678901234567890, "c": 9007199254740991, "d": "9007199254740993000", "e": [12345678901234567890]}'),
    ).toEqual({
      a: 1e30,
      b: Number('0.12345678901234567890'),
      c: 9_007_199_254_740_991,
      d: '9007199254740993000',
      e: ['12345678901234567890'],
    });
  });

  test('beside what is nested too deep, the others are taken', () => {
    const body = read(`[{"title":"X","id":1234567890123456789},{"title":"deep","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`);
    expect(readAt(generic, body)).toMatchObject({ ok: false, understood: [{ name: 'X' }] });
  });
});
