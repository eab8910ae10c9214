import type { Notification } from '../notification.ts';
import { shorten } from '../../domain/shorten.ts';
import { belowTitle, facts, headline, oneLine, quickLinks, severityTitle, titleOr, viewText } from '../notification-text.ts';
import { noteLine } from '../wording.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import type { Json } from './template.ts';

/**
 * A Slack incoming webhook's body. Limits: header 150 characters, section text 3,000, a field 2,000 and 10 of them
 * (docs.slack.dev/reference/block-kit/blocks). `text` is what phones show in the notification.
 */
export function slackBody(notification: Notification): Json {
  const { incident } = notification;
  const title = oneLine(incident.title);
  // The header may cut it.
  const below = belowTitle(notification) ?? (title.length > 140 ? title : null);
  const note = noteLine(notification);
  const links = quickLinks(notification)
    .filter(([, url]) => url.length <= 900)
    .map(([label, url]) => `<${escape(url.replaceAll('|', '%7C'))}|${label}>`);
  return {
    // Shortened before it is escaped: a cut through an entity or a link would show.
    text: `${headline(notification)}: ${escape(shorten(severityTitle(notification), 300))} <${incident.url}|${incident.shortId}>`,
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: shorten(titleOr(notification, `${severityLook[incident.severity].emoji} ${title}`), 150),
          emoji: true,
        },
      },
      {
        type: 'section',
        fields: facts(notification).map(([label, value]) => ({
          type: 'mrkdwn',
          text: `*${label}*\n${escape(shorten(oneLine(value), 300))}`,
        })),
      },
      // Escaping makes up to five characters of one.
      ...(below === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: escape(shorten(below, 600)) } }]),
      ...(note === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: escape(shorten(note, 600)) } }]),
      ...(links.length > 0 ? [{ type: 'section', text: { type: 'mrkdwn', text: links.join('  ·  ') } }] : []),
      {
        type: 'actions',
        elements: [
          { type: 'button', text: { type: 'plain_text', text: viewText(notification.reader) }, url: incident.url, style: 'primary' },
        ],
      },
    ],
  };
}

/** docs.slack.dev/messaging/formatting-message-text: these three and no others. */
export const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
