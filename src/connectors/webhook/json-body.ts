import type { IncidentSummary, Notification } from '../notification.ts';
import type { Json } from './template.ts';

/** Format `json`. */
export function notificationBody({ incident, timestamp }: Notification): Json {
  return {
    source: 'imas-manager',
    event_type: 'incident',
    ...incidentFields(incident),
    timestamp,
  };
}

/** What the format says of an incident. */
export const incidentFields = ({ id, title, description, severity, status, service }: IncidentSummary) => ({
  title,
  description,
  severity,
  status,
  service: service.name,
  incident_id: id,
});

/** Format `events`; a comment's event carries the comment. */
export function eventBody({ event, incident, comment, timestamp }: Notification): Json {
  return {
    event,
    timestamp,
    data: {
      incident: {
        id: incident.id,
        short_id: incident.shortId,
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        service: { id: incident.service.id, name: incident.service.name },
        url: incident.url,
      },
      ...(comment !== null && { comment: { author: comment.author, text: comment.text } }),
    },
  };
}
