import type { Notification } from '../connectors/notification.ts';
import type { Reader } from '../domain/reader.ts';
import type { IncidentNow } from './incident-now.ts';

type About = Pick<Notification, 'incident' | 'note' | 'wording' | 'comment' | 'answers' | 'timestamp' | 'reader'>;

/**
 * What every message about an incident has in common: the incident as it is now, and what its service adds. The words are ours until delivery
 * puts those of the provider in their place; what happened is at the incident's opening, until the message says otherwise.
 */
export function aboutIncident({ summaryFor, note }: Pick<IncidentNow, 'summaryFor' | 'note'>, reader: Reader): About {
  const incident = summaryFor(reader);
  return {
    incident,
    note,
    wording: { title: null, body: null },
    comment: null,
    answers: [],
    timestamp: incident.createdAt,
    reader,
  };
}
