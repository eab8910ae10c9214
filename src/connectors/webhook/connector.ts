import type { Call } from '../call.ts';
import type { Connector } from '../connector.ts';
import type { Outcome, Ref } from '../outcome.ts';
import { about } from './about.ts';
import { outcomeOf } from './answer.ts';
import { webhookCall, type WebhookCall } from './call.ts';
import { formatOf, headersOf, WebhookConfig } from './config.ts';
import { digestBody, mayDigest } from './digest.ts';
import { incidentKey } from './pagerduty.ts';
import { signatureHeaders } from './sign.ts';
import { connectorStatus } from './teams.ts';

export const webhookConnector: Connector<WebhookConfig> = {
  id: 'webhook',
  title: 'Webhook',
  about,
  config: WebhookConfig,
  notify: {
    medium: 'webhook',
    // PagerDuty and Opsgenie do, by their keys; what stands behind any other URL is not known.
    dropsDoubles: keepsState,
    // Teams' connectors bear four (learn.microsoft.com, connectors-using, rate limiting); whoever bears less answers 429.
    pace: { perSecond: 4 },
    address: null,
    hasDestination: () => true,
    events: (config) => config.events ?? defaultEvents(config),
    send: (call, _to, notification) => {
      const key = keepsState(call.config) ? incidentKey(notification.incident.id) : call.actId;
      return send(call, webhookCall(call.config, notification), key);
    },
    digest: {
      may: mayDigest,
      send: (call, _to, digest) => {
        const { url, method } = call.config;
        return send(call, { url, method, body: digestBody(call.config, digest) }, call.actId);
      },
    },
  },
};

/** What was opened at these vendors should be closed there too, though no one asked for events. */
function defaultEvents(config: WebhookConfig): NonNullable<WebhookConfig['events']> {
  return keepsState(config) ? ['incident.acknowledged', 'incident.resolved'] : [];
}

/** These two know an incident by its own key, so that a repeat makes nothing new. */
function keepsState(config: WebhookConfig): boolean {
  return ['pagerduty', 'opsgenie'].includes(formatOf(config));
}

async function send({ config, http, actId }: Call<WebhookConfig>, call: WebhookCall, key: string): Promise<Outcome<Ref>> {
  const body = JSON.stringify(call.body);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'IMAS',
    ...lowerCase(headersOf(config)),
    'idempotency-key': actId,
    ...(config.secret !== undefined && signatureHeaders(config.secret, actId, body, new Date())),
  };
  const answer = await http.fetch({ url: call.url, method: call.method, headers, body, cutAnswer: true });
  const status = formatOf(config) === 'teams' ? connectorStatus(answer.status, answer.body) : answer.status;
  return outcomeOf({ ...answer, status }, key, http);
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
