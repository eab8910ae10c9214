import type { MailDefaults } from '../config.ts';
import { alertmanagerConnector } from './alertmanager/connector.ts';
import type { Connector, Notify } from './connector.ts';
import { datadogConnector } from './datadog/connector.ts';
import { genericConnector } from './generic/connector.ts';
import { grafanaConnector } from './grafana/connector.ts';
import { sentryConnector } from './sentry/connector.ts';
import { createSmtpConnector } from './smtp/connector.ts';
import { webhookConnector } from './webhook/connector.ts';

/** The only list of the systems that we speak to. */
export interface Registry {
  readonly all: readonly Connector[];
  /** Undefined for a type that this version does not know. */
  connectorFor(type: string): Connector | undefined;
  /** Those that can tell people something, and so can be a provider. */
  notifiers(): readonly NotifyingConnector[];
}

export type NotifyingConnector = Connector & { readonly notify: Notify<unknown> };

export interface RegistryOptions {
  /** The mail server of SMTP providers that name none. */
  readonly mail: MailDefaults | null;
}

export function createRegistry({ mail }: RegistryOptions): Registry {
  const all: readonly Connector[] = [
    createSmtpConnector({ mail }),
    webhookConnector,
    alertmanagerConnector,
    grafanaConnector,
    datadogConnector,
    sentryConnector,
    genericConnector,
  ] as readonly Connector[];
  const byType = new Map<string, Connector>(all.map((connector) => [connector.type, connector]));
  return {
    all,
    connectorFor: (type) => byType.get(type),
    notifiers: () => all.filter((connector): connector is NotifyingConnector => connector.notify !== undefined),
  };
}
