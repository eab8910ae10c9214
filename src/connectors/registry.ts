import type { MailDefaults } from '../config.ts';
import { alertmanagerConnector } from './alertmanager/connector.ts';
import { builtInConnector } from './built-in/connector.ts';
import { renderDocument } from './built-in/render-document.ts';
import type { Alerts, Connector, Notify } from './connector.ts';
import { datadogConnector } from './datadog/connector.ts';
import { discordConnector } from './discord/connector.ts';
import { genericConnector } from './generic/connector.ts';
import { createGoogleDocsConnector } from './google-docs/connector.ts';
import { grafanaConnector } from './grafana/connector.ts';
import { ntfyConnector } from './ntfy/connector.ts';
import { createOvhSmsConnector } from './ovh-sms/connector.ts';
import { sentryConnector } from './sentry/connector.ts';
import { slackConnector } from './slack/connector.ts';
import { slackManifest } from './slack/manifest.ts';
import { createSmtpConnector } from './smtp/connector.ts';
import { webPushConnector } from './web-push/connector.ts';
import { webhookConnector } from './webhook/connector.ts';

/** The systems that we speak to. A process makes one, and hands it to all that ask for a connector. */
export interface Registry {
  readonly all: readonly Connector[];
  /** Undefined for what this version does not know. */
  byId(id: string): Connector | undefined;
  /** By the API's spelling of a provider's type, `OVH_SMS`. */
  byType(type: string): Connector | undefined;
  /** Those that can tell people something, and so can be a provider. */
  notifiers(): readonly NotifyingConnector[];
  /** Their spelling in the API, in the order of the list. */
  providerTypes(): string[];
  /** Those that alerts come from. */
  sources(): readonly SourceConnector[];
}

export type NotifyingConnector = Connector & { readonly notify: Notify<unknown> };
export type SourceConnector = Connector & { readonly alerts: Alerts };

export interface RegistryOptions {
  /** The mail server of SMTP providers that name none. */
  readonly mail: MailDefaults | null;
}

/** `OVH_SMS` for `ovh-sms`. */
export const typeOf = ({ id }: Pick<Connector, 'id'>): string => id.toUpperCase().replaceAll('-', '_');

/** The only list of them. */
const connectors = ({ mail }: RegistryOptions): readonly Connector[] =>
  [
    createSmtpConnector({ mail }),
    slackConnector,
    discordConnector,
    createOvhSmsConnector(),
    ntfyConnector,
    webPushConnector,
    webhookConnector,
    alertmanagerConnector,
    grafanaConnector,
    datadogConnector,
    sentryConnector,
    genericConnector,
    builtInConnector,
    createGoogleDocsConnector(),
  ] as readonly Connector[];

/** The incident document that the system keeps itself. It needs no connection: it is rendered when it is read. */
export const ownDocuments = { render: renderDocument };

/** What an admin pastes at the vendor, filled in for this installation. */
export const appManifests = { slack: slackManifest };

export const createRegistry = (options: RegistryOptions): Registry => registryOf(connectors(options));

export function registryOf(all: readonly Connector[]): Registry {
  const byId = new Map(all.map((connector) => [connector.id, connector]));
  const notifiers = all.filter((connector): connector is NotifyingConnector => connector.notify !== undefined);
  const sources = all.filter((connector): connector is SourceConnector => connector.alerts !== undefined);
  const byType = new Map(all.map((connector) => [typeOf(connector), connector]));
  return {
    all,
    byId: (id) => byId.get(id),
    byType: (type) => byType.get(type),
    notifiers: () => notifiers,
    providerTypes: () => notifiers.map(typeOf),
    sources: () => sources,
  };
}
