import { severityLook } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { shorten } from '../../domain/shorten.ts';
import { belowTitle, facts, headline, quickLinks, severityTitle, titleOr, viewText } from '../notification-text.ts';
import { noteLine } from '../wording.ts';
import type { Json } from './template.ts';

/** Teams takes messages of up to 28 KB (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook). */
const maxBody = 6_000;

/**
 * Power Automate's HTTP triggers: `…logic.azure.com/workflows/<id>/triggers/manual/paths/invoke`, since 2025
 * `<environment>.environment.api.powerplatform.com/…/workflows/<id>/triggers/…`. Office connectors: `*.webhook.office.com/webhookb2/…`.
 */
export function isWorkflow(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return (
    hostname.endsWith('.logic.azure.com') || hostname.endsWith('.api.powerplatform.com') || /\/workflows\/[^/]+\/triggers\//.test(pathname)
  );
}

/** For Office connectors, which are being retired: learn.microsoft.com/outlook/actionable-messages/message-card-reference. */
export function messageCard(notification: Notification): Json {
  const { incident } = notification;
  const below = textBelow(notification);
  return {
    '@type': 'MessageCard',
    '@context': 'http://schema.org/extensions',
    themeColor: severityLook[incident.severity].color.slice(1),
    summary: shorten(severityTitle(notification), 200),
    sections: [
      {
        activityTitle: shorten(escape(titleOr(notification, severityTitle(notification))), 500),
        activitySubtitle: `${headline(notification)} · ${incident.shortId}`,
        facts: facts(notification).map(([name, value]) => ({ name, value: escape(value) })),
        ...(below !== null && { text: withLines(escape(shorten(below, maxBody))) }),
        markdown: true,
      },
    ],
    // At most four: message-card-reference, "potentialAction".
    potentialAction: [[viewText(notification.reader), incident.url] as const, ...quickLinks(notification)]
      .slice(0, 4)
      .map(([name, uri]) => ({
        '@type': 'OpenUri',
        name,
        targets: [{ os: 'default', uri }],
      })),
  };
}

/**
 * For Workflows ("Post to a channel when a webhook request is received"): a message with one Adaptive Card, schema 1.4
 * (adaptivecards.io/explorer). A TextBlock shows Markdown, so that what people wrote is escaped.
 */
export function adaptiveCard(notification: Notification): Json {
  const { incident } = notification;
  const below = textBelow(notification);
  const styles = { SEV1_CRITICAL: 'attention', SEV2_HIGH: 'warning', SEV3_MEDIUM: 'warning', SEV4_LOW: 'accent' } as const;
  const body = [
    {
      type: 'Container',
      style: styles[incident.severity],
      items: [
        { type: 'TextBlock', text: `${headline(notification)} · ${incident.shortId}`, isSubtle: true, wrap: true },
        {
          type: 'TextBlock',
          text: shorten(escape(titleOr(notification, severityTitle(notification))), 500),
          size: 'large',
          weight: 'bolder',
          wrap: true,
        },
      ],
    },
    { type: 'FactSet', facts: facts(notification).map(([title, value]) => ({ title, value: escape(value) })) },
    ...(below === null ? [] : [{ type: 'TextBlock', text: withLines(escape(shorten(below, maxBody))), wrap: true }]),
  ];
  const links = [[viewText(notification.reader), incident.url] as const, ...quickLinks(notification)];
  return adaptiveMessage(body, links);
}

/** What there is to say beyond the title, and what the service adds. */
function textBelow(notification: Notification): string | null {
  const texts = [belowTitle(notification), noteLine(notification)].filter((text) => text !== null);
  return texts.length === 0 ? null : texts.join('\n');
}

/** The message around one Adaptive Card. `links`: name and address. */
export const adaptiveMessage = (body: readonly Json[], links: readonly (readonly [string, string])[]): Json => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        msteams: { width: 'Full' },
        body: [...body],
        actions: links.map(([title, url]) => ({ type: 'Action.OpenUrl', title, url })),
      },
    },
  ],
});

/** Markdown's marks would change what people wrote: `prod_db_1`, `*`, `[x](…)`. */
export const escape = (text: string): string =>
  text.replaceAll(/[\\*_[\]()`#<>]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`));

/** In Markdown one line break is a space. */
const withLines = (text: string): string => text.replaceAll(/\n+/g, '\n\n');

/**
 * Office connectors answer 200 and tell the real status in the text
 * (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using, rate limiting).
 */
export function connectorStatus(status: number, body: string): number {
  const told = /returned HTTP error (\d{3})/.exec(body);
  return status === 200 && told !== null ? Number(told[1]) : status;
}
