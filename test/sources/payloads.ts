import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { alertmanagerConnector } from '../../src/connectors/alertmanager/connector.ts';
import type { Connector, Headers } from '../../src/connectors/connector.ts';
import type { SourceConnector } from '../../src/connectors/registry.ts';
import { datadogConnector } from '../../src/connectors/datadog/connector.ts';
import { genericConnector } from '../../src/connectors/generic/connector.ts';
import { grafanaConnector } from '../../src/connectors/grafana/connector.ts';
import { sentryConnector } from '../../src/connectors/sentry/connector.ts';
import type { AlertEvent, ParseResult, PayloadProblem } from '../../src/domain/alert-event.ts';
import { speakerOf, webhooksOf } from '../../src/intake/webhook-addresses.ts';

/** Each with the parser that its address has. The first six were sent by a real Alertmanager and by Grafana's own notifier. */
export const payloads = [
  ['alertmanager-firing', alertmanagerConnector],
  ['alertmanager-three-firing', alertmanagerConnector],
  ['alertmanager-mixed', alertmanagerConnector],
  ['alertmanager-resolved', alertmanagerConnector],
  ['grafana-firing', grafanaConnector],
  ['grafana-resolved', grafanaConnector],
  ['datadog-triggered', datadogConnector],
  ['datadog-recovered', datadogConnector],
  ['sentry-triggered', genericConnector],
  ['sentry-issue-created', genericConnector],
  ['sentry-issue-alert', genericConnector],
  ['sentry-metric-alert', genericConnector],
  ['generic-batch', genericConnector],
] as const;
export type PayloadName = (typeof payloads)[number][0];

export const connectors = [
  alertmanagerConnector,
  grafanaConnector,
  datadogConnector,
  sentryConnector,
  genericConnector,
] as SourceConnector[];

/** The bytes as they were sent: signatures hold for them alone. */
export const payloadBytes = (name: PayloadName): Buffer => readFileSync(new URL(`payloads/${name}.json`, import.meta.url));

// oxlint-disable-next-line no-explicit-any -- tests reach into foreign JSON
export const payload = (name: PayloadName): any => JSON.parse(payloadBytes(name).toString());

/** A body as it is read at the connector's address. */
export function readAt(connector: Connector, body: unknown, headers: Headers = {}): ParseResult {
  const webhook = webhooksOf(connectors).find(({ own }) => own === connector);
  if (webhook === undefined) throw new Error(`${connector.title} has no address of its own`);
  return speakerOf(webhook, body, headers).alerts.parse(body, headers);
}

export function alertsOf(connector: Connector, body: unknown): readonly AlertEvent[] {
  const result = readAt(connector, body);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.alerts;
}

export function firstAlert(connector: Connector, body: unknown): AlertEvent {
  const [alert] = alertsOf(connector, body);
  expect(alert).toBeDefined();
  return alert as AlertEvent;
}

export function problemOf(connector: Connector, body: unknown): PayloadProblem {
  const result = readAt(connector, body);
  if (result.ok) throw new Error('was accepted');
  return result.problem;
}
