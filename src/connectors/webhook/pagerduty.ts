import type { IncidentStatus, Severity } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { shorten } from '../../domain/shorten.ts';
import { oneLine, titleOr } from '../notification-text.ts';
import type { Json } from './template.ts';

const actions: Record<IncidentStatus, string> = { TRIGGERED: 'trigger', ACKNOWLEDGED: 'acknowledge', RESOLVED: 'resolve' };
const severities: Record<Severity, string> = { SEV1_CRITICAL: 'critical', SEV2_HIGH: 'error', SEV3_MEDIUM: 'warning', SEV4_LOW: 'info' };

/** The vendors' key for an incident: what they know under it is changed and not made again. */
export const incidentKey = (incidentId: string): string => `imas-incident-${incidentId}`;

/**
 * Events API v2 (developer.pagerduty.com/docs/events-api-v2-overview): `summary` has at most 1,024 characters,
 * `dedup_key` 255. Trigger, acknowledge or resolve, as the incident is.
 */
export function pagerdutyBody(notification: Notification, routingKey: string): Json {
  const { incident, note } = notification;
  return {
    routing_key: routingKey,
    event_action: actions[incident.status],
    dedup_key: incidentKey(incident.id),
    payload: {
      summary: shorten(titleOr(notification, `[${incident.shortId}] ${oneLine(incident.title)}`), 1024),
      source: incident.service.name,
      severity: severities[incident.severity],
      custom_details: { service: incident.service.name, status: incident.status, ...(note !== null && { note }) },
    },
    client: 'IMAS',
    client_url: incident.url,
  };
}
