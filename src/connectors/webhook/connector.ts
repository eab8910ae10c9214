import { EgressFailed, EgressRefused } from '../../egress/egress.ts';
import type { Connector, SendRequest, SendResult } from '../connector.ts';
import { about } from './about.ts';
import { secretTexts } from '../stored-config.ts';
import { toResult } from './answer.ts';
import { webhookCall } from './call.ts';
import { formatOf, headersOf, WebhookConfig } from './config.ts';
import { signatureHeaders } from './sign.ts';
import { connectorStatus } from './teams.ts';
import { readTemplate } from './template.ts';

export const webhookConnector: Connector<WebhookConfig> = {
  type: 'WEBHOOK',
  title: 'Webhook',
  about,
  config: WebhookConfig,
  notify: {
    medium: 'webhook',
    // PagerDuty and Opsgenie do, by their keys; what stands behind any other URL is not known.
    dropsDoubles: false,
    // Teams' connectors bear four (learn.microsoft.com, connectors-using, rate limiting); whoever bears less answers 429.
    perSecond: 4,
    events: (config) => config.events ?? defaultEvents(config),
    send,
  },
};

/** What was opened at these vendors should be closed there too, though no one asked for events. */
function defaultEvents(config: WebhookConfig): NonNullable<WebhookConfig['events']> {
  const keepsState = ['pagerduty', 'opsgenie'].includes(formatOf(config));
  return keepsState ? ['incident.acknowledged', 'incident.resolved'] : [];
}

async function send({ config, notification, deliveryId, egress, signal }: SendRequest<WebhookConfig>): Promise<SendResult> {
  const call = webhookCall(config, notification);
  const body = JSON.stringify(call.body);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'IMAS',
    ...lowerCase(headersOf(config)),
    'idempotency-key': deliveryId,
    ...(config.secret !== undefined && signatureHeaders(config.secret, deliveryId, body, new Date())),
  };
  try {
    const answer = await egress.fetch({ url: call.url, method: call.method, headers, body, signal });
    const status = formatOf(config) === 'teams' ? connectorStatus(answer.status, answer.body) : answer.status;
    return toResult({ ...answer, status }, secretsOf(config), Date.now());
  } catch (error) {
    if (error instanceof EgressRefused)
      return {
        outcome: 'failed',
        permanent: true,
        reason: error.message,
        cure: 'Correct the URL, or allow its network in IMAS_EGRESS_ALLOW.',
      };
    if (error instanceof EgressFailed)
      return {
        outcome: 'failed',
        permanent: false,
        ...(brokeAfterConnecting.has(error.code) && { maybeSent: true as const }),
        reason: error.message,
        cure: 'Check that the other side is up and can be reached from here.',
      };
    throw error;
  }
}

/** Codes of Node and of undici that may come after the request was written. */
const brokeAfterConnecting: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT', 'ABORTED']);

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Every secret of the config, and the parts of it that a server would quote. Longest first, so that no part of one stays. */
function secretsOf(config: WebhookConfig): string[] {
  const { pathname, search, searchParams } = new URL(config.url);
  const secrets = secretTexts(WebhookConfig, { ...config, template: readTemplate(config.template) });
  const parts = [`${pathname}${search}`, pathname, ...searchParams.values(), ...pathname.split('/').filter((part) => part.length >= 16)];
  // `Bearer abc`: a server quotes the token alone.
  const tokens = Object.values(config.headers ?? {}).flatMap((value) => value.split(' ').slice(1));
  return [...secrets, ...parts, ...tokens].toSorted((a, b) => b.length - a.length);
}
