import { describe, expect, test } from 'vitest';
import { alertmanagerConnector as alertmanager } from '../../src/connectors/alertmanager/connector.ts';
import { datadogConnector as datadog } from '../../src/connectors/datadog/connector.ts';
import { genericConnector as generic } from '../../src/connectors/generic/connector.ts';
import { grafanaConnector as grafana } from '../../src/connectors/grafana/connector.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { firstAlert, problemOf } from './payloads.ts';

/** What senders write where they know of no identity: nothing, their language's word for it, or their template as it stands. */
const nothings = [
  '',
  ' ',
  null,
  'null',
  'NULL',
  'None',
  'nil',
  'undefined',
  'N/A',
  '<no value>',
  '[no value]',
  '<nil>',
  '$ALERT_CYCLE_KEY',
  '${alert.id}',
  '{{ .Fingerprint }}',
  '00000000-0000-0000-0000-000000000000',
];

type Told = (title: string, identity: unknown, status: 'firing' | 'resolved') => unknown;

const batch = (alert: object): unknown => ({ version: '4', alerts: [alert] });
const senders: readonly [string, Connector, Told][] = [
  ['fingerprint', generic, (title, fingerprint, status) => ({ title, fingerprint, status })],
  ['dedup_key', generic, (title, dedup_key, status) => ({ title, dedup_key, status })],
  ['id', generic, (title, id, status) => ({ title, id, status })],
  ['fingerprint of Alertmanager', alertmanager, (alertname, fingerprint, status) => batch({ status, fingerprint, labels: { alertname } })],
  ['fingerprint of Grafana', grafana, (alertname, fingerprint, status) => batch({ status, fingerprint, labels: { alertname } })],
  ['cycle key of Datadog', datadog, (title, key, status) => ({ title, alert_cycle_key: key, alert_transition: transitions[status] })],
  ['monitor of Datadog', datadog, (title, alert_id, status) => ({ title, alert_id, alert_transition: transitions[status] })],
  ['issue of Sentry', generic, (title, id, status) => ({ action: actions[status], data: { issue: { id, title } } })],
  [
    'issue of an event of Sentry',
    generic,
    (title, issue_id, status) => ({ action: actions[status], data: { event: { issue_id, title } } }),
  ],
  ['metric alert of Sentry', generic, (title, id, status) => ({ action: actions[status], data: { metric_alert: { id, title } } })],
  [
    'issue of the legacy webhook of Sentry',
    generic,
    (message, id, status) => ({ action: actions[status], id, project_slug: 'shop', culprit: 'pay', level: 'error', message }),
  ],
];
const transitions = { firing: 'Triggered', resolved: 'Recovered' };
const actions = { firing: 'triggered', resolved: 'resolved' };

describe.each(senders)('%s', (_what, connector, told) => {
  test.each(nothings)('that is %j does not make one alert of two, and the end finds its own', (nothing) => {
    const disk = firstAlert(connector, told('Disk full', nothing, 'firing'));
    const memory = firstAlert(connector, told('Out of memory', nothing, 'firing'));
    expect(memory.fingerprint).not.toBe(disk.fingerprint);
    expect(firstAlert(connector, told('Disk full', nothing, 'resolved'))).toMatchObject({
      status: 'resolved',
      fingerprint: disk.fingerprint,
    });
  });

  test('that says something is the same whatever the title says', () => {
    const down = firstAlert(connector, told('Shop is down', '4711', 'firing'));
    expect(firstAlert(connector, told('Shop is up again', '4711', 'resolved')).fingerprint).toBe(down.fingerprint);
    expect(firstAlert(connector, told('Shop is down', '4712', 'firing')).fingerprint).not.toBe(down.fingerprint);
  });
});

test('a number that is 0 is an identity', () => {
  expect(firstAlert(generic, { title: 'X', id: 0 }).fingerprint).toBe('0');
});

test('the address of a legacy Sentry issue tells it where its id is empty', () => {
  const legacy = { project_slug: 'shop', culprit: 'pay', level: 'error', message: 'X', id: '', url: 'https://sentry.test/shop/issues/77/' };
  expect(firstAlert(generic, legacy).fingerprint).toBe('77');
});

test('the monitor of Datadog that has no scope has the host for it', () => {
  const of = (hostname: string) =>
    firstAlert(datadog, { title: 'Disk full', alert_id: '7', alert_scope: 'null', aggreg_key: 'null', hostname });
  expect(of('a').fingerprint).not.toBe(of('b').fingerprint);
});

describe('labels that say nothing', () => {
  const of = (summary?: string) =>
    batch({ status: 'firing', labels: { alertname: '', job: ' ' }, annotations: summary === undefined ? {} : { summary } });
  test('leave the summary to tell alerts apart', () => {
    expect(firstAlert(alertmanager, of('Disk full')).fingerprint).not.toBe(firstAlert(alertmanager, of('Out of memory')).fingerprint);
    expect(firstAlert(alertmanager, of('Disk full')).fingerprint).toBe(firstAlert(alertmanager, of('Disk full')).fingerprint);
  });
  test('are refused where there is no summary either', () => {
    expect(problemOf(alertmanager, of()).field).toBe('alerts[0].labels');
  });
});
