import { describe, expect, test } from 'vitest';
import { genericConnector as generic } from '../../src/connectors/generic/connector.ts';
import { alertsOf, firstAlert, payload, problemOf, readAt } from './payloads.ts';

const issue = (action: string, changes: Record<string, unknown> = {}) => ({
  action,
  data: { issue: { id: '17', title: 'Boom', level: 'error', project: { slug: 'shop' }, ...changes } },
});

test('is recognised on the generic address by its shape', () => {
  const { raw: _, ...alert } = firstAlert(generic, payload('sentry-triggered'));
  expect(alert).toEqual({
    source: 'sentry',
    fingerprint: '1234567890',
    status: 'firing',
    startsAt: null,
    endsAt: null,
    at: null,
    name: 'TypeError: cannot read properties of undefined',
    summary: 'TypeError: cannot read properties of undefined',
    description: 'checkout/pay.js in charge',
    service: 'checkout-web',
    severity: 'SEV1_CRITICAL',
    labels: { project: 'checkout-web', level: 'fatal', culprit: 'checkout/pay.js in charge' },
    annotations: {},
    links: {},
  });
});

test.each([
  ['fatal', 'SEV1_CRITICAL'],
  ['error', 'SEV2_HIGH'],
  ['warning', 'SEV3_MEDIUM'],
  ['info', 'SEV4_LOW'],
  ['debug', 'SEV4_LOW'],
])('level %s is %s', (level, severity) => {
  expect(firstAlert(generic, issue('triggered', { level })).severity).toBe(severity);
});

describe('actions', () => {
  test.each(['triggered', 'created', 'unresolved', 'something_new'])('%s fires', (action) => {
    expect(firstAlert(generic, issue(action)).status).toBe('firing');
  });
  test('resolved resolves the same alert, also with a number for an id', () => {
    expect(firstAlert(generic, issue('resolved', { id: 17 }))).toMatchObject({ status: 'resolved', fingerprint: '17' });
  });
  test.each(['assigned', 'archived', 'ignored'])('%s is understood, and no alert', (action) => {
    expect(alertsOf(generic, issue(action))).toEqual([]);
  });
  test('an installation is understood, and no alert', () => {
    expect(alertsOf(generic, { action: 'created', data: { installation: { uuid: 'x' } } })).toEqual([]);
  });
});

describe("the integration platform's bodies", () => {
  test('an issue', () => {
    expect(firstAlert(generic, payload('sentry-issue-created'))).toMatchObject({
      fingerprint: '1234567890',
      service: 'cart',
      severity: 'SEV2_HIGH',
      startsAt: null,
      at: null,
      links: { source: 'https://example-org.sentry.io/issues/1234567890/' },
    });
  });
  test("an issue alert has its issue's id, so that the issue's resolution finds it", () => {
    expect(firstAlert(generic, payload('sentry-issue-alert'))).toMatchObject({
      fingerprint: '1117540176',
      service: 'front-end',
      name: 'ReferenceError: heck is not defined',
      labels: { browser: 'Chrome 75.0.3770', rule: 'Very important', project: 'front-end' },
    });
  });
  test('a metric alert', () => {
    const resolved = payload('sentry-metric-alert');
    expect(firstAlert(generic, resolved)).toMatchObject({
      status: 'resolved',
      fingerprint: 'metric_alert:4',
      service: 'bar',
      name: 'Too many errors',
      startsAt: '2026-09-13T12:26:40.000Z',
      endsAt: null,
    });
    const closed = structuredClone(resolved);
    closed.data.metric_alert.date_closed = '2026-09-13T12:30:00.000000Z';
    expect(firstAlert(generic, closed)).toMatchObject({ startsAt: '2026-09-13T12:26:40.000Z', endsAt: '2026-09-13T12:30:00.000Z' });
    expect(firstAlert(generic, { ...resolved, action: 'critical' })).toMatchObject({
      status: 'firing',
      fingerprint: 'metric_alert:4',
      severity: 'SEV1_CRITICAL',
    });
  });
});

test.each<[string, unknown, string]>([
  ['neither id nor title', { action: 'triggered', data: { issue: {} } }, 'data.issue.id'],
  ['an issue that is a list', { action: 'triggered', data: { issue: [] } }, 'data.issue'],
  ['a level that is an object', issue('triggered', { level: {} }), 'data.issue.level'],
])('%s is refused by the name of its field', (_what, body, field) => {
  expect(problemOf(generic, body).field).toBe(field);
});

describe('with the header that says what it is', () => {
  const read = (resource: string, body: unknown) => readAt(generic, body, { 'sentry-hook-resource': resource });

  test.each([
    ['issue', issue('created'), 1],
    ['issue', issue('resolved'), 1],
    ['issue', issue('assigned'), 0],
    ['event_alert', payload('sentry-issue-alert'), 1],
    ['metric_alert', payload('sentry-metric-alert'), 1],
    ['installation', { action: 'created', data: {} }, 0],
    ['comment', { action: 'created', data: { comment: 'x' } }, 0],
  ])('%s of what is known is understood', (resource, body, count) => {
    const result = read(resource, body);
    expect(result.ok && result.alerts).toHaveLength(count);
  });

  test.each([
    ['seer', { action: 'root_cause_started', data: { issue: { id: '1', title: 'x' } } }],
    ['issue', issue('something_new')],
    ['preprod_artifact', { something: 'else' }],
  ])('%s of another kind is kept for people, and pages nobody', (resource, body) => {
    expect(read(resource, body)).toMatchObject({ ok: false, problem: { field: 'Sentry-Hook-Resource' } });
  });
});

test.each([
  ['beside the issue', { action: 'triggered', data: { issue: { id: '1', title: 'x' }, activity: { type: 'note' } } }],
  ['in it', issue('triggered', { activity: { type: 'assigned' } })],
])('an activity of an issue opens nothing: %s', (_where, body) => {
  expect(alertsOf(generic, body)).toEqual([]);
});

test('a list of activities is a part of an issue like others', () => {
  expect(alertsOf(generic, issue('triggered', { activity: [] }))).toHaveLength(1);
});

test('the flat body of the legacy webhook', () => {
  const body = {
    id: '541485531',
    project: 'shop',
    project_name: 'Shop',
    project_slug: 'shop',
    culprit: 'cart in pay',
    level: 'error',
    message: 'This is an example',
    url: 'https://sentry.io/acme/shop/issues/541485531/',
    event: { title: 'ExampleError', tags: [['server_name', 'web-1'], 7], received: 1525248430 },
  };
  expect(firstAlert(generic, body)).toMatchObject({
    source: 'sentry',
    fingerprint: '541485531',
    status: 'firing',
    name: 'ExampleError',
    service: 'shop',
    severity: 'SEV2_HIGH',
    labels: { project: 'shop', level: 'error', culprit: 'cart in pay', server_name: 'web-1' },
    links: { source: 'https://sentry.io/acme/shop/issues/541485531/' },
  });
  const { id: _, event: __, ...bare } = body;
  expect(firstAlert(generic, bare)).toMatchObject({ fingerprint: '541485531', name: 'This is an example' });
});

test('a level that means nothing here is SEV3, and is told', () => {
  expect(firstAlert(generic, issue('triggered', { level: 'Sample' }))).toMatchObject({
    severity: 'SEV3_MEDIUM',
    labels: { 'unknown severity': 'Sample' },
  });
});
