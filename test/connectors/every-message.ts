import { said, type Said } from '../../src/domain/said.ts';
import { severities, type IncidentEvent, type IncidentStatus } from '../../src/domain/vocabulary.ts';
import type { Notification } from '../../src/connectors/notification.ts';
import { notificationWith, type Changes } from './notification.ts';

const occasions: Readonly<Record<IncidentEvent, Said>> = {
  'incident.created': said('message.occasion.new'),
  'incident.acknowledged': said('message.occasion.acknowledged', { who: 'Ann' }),
  'incident.escalated': said('message.occasion.escalated'),
  'incident.resolved': said('message.occasion.resolved'),
  'comment.added': said('message.occasion.comment'),
};

const statuses: { readonly [E in IncidentEvent]?: IncidentStatus } = {
  'incident.acknowledged': 'ACKNOWLEDGED',
  'incident.resolved': 'RESOLVED',
};

export const answers: Notification['answers'] = [
  { act: 'acknowledge', url: 'https://imas.example.com/a/1f3c5a7b9d2e4f60' },
  { act: 'resolve', url: 'https://imas.example.com/r/60f4e2d9b7a5c3f1' },
];

/** One of each kind: severity, event, language; a page with and without the reader's own links, and what is no page. */
export function everyMessage(): readonly (readonly [name: string, Notification])[] {
  const all: (readonly [string, Notification])[] = [];
  for (const language of ['en', 'fr'] as const) {
    for (const severity of severities) {
      for (const event of Object.keys(occasions) as IncidentEvent[]) {
        const name = `${language} ${severity} ${event}`;
        const about = (changes: Changes): Notification =>
          notificationWith({
            event,
            occasion: occasions[event],
            comment: event === 'comment.added' ? { author: 'Bob', text: 'Failing over now.' } : null,
            reader: { language, timeZone: language === 'fr' ? 'Europe/Paris' : 'UTC' },
            ...changes,
            incident: { severity, status: statuses[event] ?? 'TRIGGERED' },
          });
        if (event === 'incident.created' || event === 'incident.escalated')
          all.push([`${name} page`, about({ purpose: 'page' })], [`${name} page, own links`, about({ purpose: 'page', answers })]);
        else all.push([`${name} event`, about({ purpose: 'event' })]);
      }
    }
  }
  return all;
}

/** For a golden file: JSON with a line for each message. */
export const linePerMessage = (messages: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(messages)
    .map(([name, message]) => `${JSON.stringify(name)}: ${JSON.stringify(message)}`)
    .join(',\n')}\n}\n`;
