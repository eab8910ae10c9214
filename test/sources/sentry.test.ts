import { describe, expect, test } from 'vitest';
import { genericConnector as generic } from '../../src/connectors/generic/connector.ts';
import { alertsOf, firstAlert, payload, problemOf } from './payloads.ts';

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
      at: '2026-11-10T20:56:00.738Z',
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
    });
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
