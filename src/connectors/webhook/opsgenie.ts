import { trimEndOf } from '../../domain/trim-end.ts';
import { severityRank } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { shorten } from '../../domain/shorten.ts';
import { bodyText, oneLine, statusText, titleOr } from '../notification-text.ts';
import { noteLine } from '../wording.ts';
import { incidentKey } from './pagerduty.ts';
import type { Json } from './template.ts';

/**
 * Alert API (docs.opsgenie.com/docs/alert-api): create at the configured URL (`…/v2/alerts`); acknowledge and close below
 * the alert's alias. Limits: message 130 characters, description 15,000, source 100, a tag 50, a note 25,000.
 */
export function opsgenieCall(url: string, notification: Notification): { readonly url: string; readonly body: Json } {
  const { incident } = notification;
  const alias = incidentKey(incident.id);
  if (incident.status !== 'TRIGGERED') {
    const action = incident.status === 'RESOLVED' ? 'close' : 'acknowledge';
    return {
      url: belowAlias(url, alias, action),
      body: {
        source: 'IMAS',
        note: shorten(`${incident.shortId}: ${statusText(incident.status, notification.reader)}. ${incident.url}`, 25_000),
      },
    };
  }
  return {
    url,
    body: {
      message: shorten(titleOr(notification, oneLine(incident.title)), 130),
      alias,
      description: shorten(
        [bodyText(notification), noteLine(notification), incident.url].filter((text) => text !== null).join('\n\n'),
        15_000,
      ),
      priority: `P${severityRank(incident.severity)}`,
      source: 'IMAS',
      tags: ['imas', shorten(incident.service.name, 50)],
    },
  };
}

function belowAlias(given: string, alias: string, action: 'acknowledge' | 'close'): string {
  const url = new URL(given);
  url.pathname = `${trimEndOf(url.pathname, '/')}/${encodeURIComponent(alias)}/${action}`;
  url.searchParams.set('identifierType', 'alias');
  return url.href;
}
