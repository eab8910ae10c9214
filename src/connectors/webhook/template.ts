import { severityRank, type Severity } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { fillText } from '../placeholders.ts';
import { shorten } from '../../domain/shorten.ts';
import { bodyText, oneLine, titleOr } from '../notification-text.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A template may be given as JSON or as its text; undefined for a text that is no JSON. */
export function readTemplate(template: unknown): Json | undefined {
  if (typeof template !== 'string') return template as Json;
  try {
    return JSON.parse(template) as Json;
  } catch {
    return undefined;
  }
}

/** Jira's default names: Highest … Low. */
const priorities: Record<Severity, string> = { SEV1_CRITICAL: 'Highest', SEV2_HIGH: 'High', SEV3_MEDIUM: 'Medium', SEV4_LOW: 'Low' };

/** What `{{name}}` stands for. A title is one line of at most 200 characters, a body is never empty: Jira refuses both otherwise. */
export function placeholders(notification: Notification): Readonly<Record<string, string>> {
  const { incident } = notification;
  return {
    title: shorten(titleOr(notification, oneLine(incident.title)), 200),
    body: bodyText(notification),
    severity: incident.severity,
    status: incident.status,
    service: incident.service.name,
    incident_id: incident.id,
    incident_url: incident.url,
    timestamp: notification.timestamp,
    short_id: incident.shortId,
    event: notification.event,
    note: notification.note ?? '',
    priority: priorities[incident.severity],
    // ServiceNow's urgency and impact know three: 1 high, 2 medium, 3 low.
    urgency: String(Math.min(severityRank(incident.severity), 3)),
  };
}

/** Replaces placeholders inside the texts of a parsed template: no value can add or end a text, or be taken for a placeholder. */
export function fillTemplate(template: Json, values: Readonly<Record<string, string>>): Json {
  if (typeof template === 'string') {
    return fillText(template, values);
  }
  if (Array.isArray(template)) return template.map((item: Json) => fillTemplate(item, values));
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(Object.entries(template).map(([name, item]) => [name, fillTemplate(item as Json, values)]));
  }
  return template;
}
