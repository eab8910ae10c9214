import type { Notification } from '../notification.ts';
import { eventBody, notificationBody } from './json-body.ts';
import { formatOf, routingKeyOf, type WebhookConfig } from './config.ts';
import { opsgenieCall } from './opsgenie.ts';
import { pagerdutyBody } from './pagerduty.ts';
import { slackBody } from './slack.ts';
import { isWorkflow, adaptiveCard, messageCard } from './teams.ts';
import { fillTemplate, placeholders, readTemplate, type Json } from './template.ts';

export interface WebhookCall {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly body: Json;
}

/**
 * What goes where, in the format of the config. An event goes out in the shape of `events` where the format is `json` (or
 * none is given); a vendor's format and a template are kept for events too, since the vendor would refuse any other body.
 */
export function webhookCall(config: WebhookConfig, notification: Notification): WebhookCall {
  const call = (body: Json): WebhookCall => ({ url: config.url, method: config.method, body });
  const format = formatOf(config);
  switch (format) {
    case 'json':
      return call(notification.purpose === 'event' ? eventBody(notification) : notificationBody(notification));
    case 'events':
      return call(eventBody(notification));
    case 'slack':
      return call(slackBody(notification));
    case 'teams':
      return call(isWorkflow(config.url) ? adaptiveCard(notification) : messageCard(notification));
    case 'pagerduty':
      return call(pagerdutyBody(notification, routingKeyOf(config) ?? ''));
    case 'opsgenie':
      return { method: 'POST', ...opsgenieCall(config.url, notification) };
    case 'custom':
      return call(fillTemplate(readTemplate(config.template) ?? null, placeholders(notification)));
  }
}
