import { severityLook, type IncidentEvent } from '../domain/vocabulary.ts';
import { words } from '../texts/languages.ts';
import type { Notification } from './notification.ts';

const happened: Record<IncidentEvent, string> = {
  'incident.created': 'New incident',
  'incident.acknowledged': 'Acknowledged',
  'incident.resolved': 'Resolved',
  'incident.escalated': 'Escalated',
  'comment.added': 'New comment',
};

/** What this message is about, in two or three words. A page for a new incident says that it asks for someone. */
export function headline({ purpose, event }: Notification): string {
  if (purpose === 'test') return 'Test';
  return purpose === 'page' && event === 'incident.created' ? 'Incident needs you' : happened[event];
}

/** A title in one line: a line break in it would break headers, headings and Jira's summary. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** What there is to say beyond the title: the comment, else the description, else the title again, so never empty. */
export function bodyText({ comment, incident }: Notification): string {
  if (comment !== null) return `${comment.author}: ${comment.text}`;
  return incident.description.trim() === '' ? oneLine(incident.title) : incident.description;
}

/** Why this person gets it, in one line; empty where nothing is said. */
export const whyText = ({ reasons }: Notification): string => oneLine(reasons.map((reason) => words(reason)).join('; '));

/** `🔴 SEV1_CRITICAL: title`. */
export const severityTitle = ({ incident }: Notification): string =>
  `${severityLook[incident.severity].emoji} ${incident.severity}: ${oneLine(incident.title)}`;

/** Label and value, in the order in which a responder wants them; what is not known is left out. */
export function facts({ incident }: Notification): readonly (readonly [string, string])[] {
  const rows: [string, string | null][] = [
    ['Severity', `${severityLook[incident.severity].emoji} ${incident.severity}`],
    ['Service', incident.service.name],
    ['Status', incident.status],
    ['Team', incident.team],
    ['Assignee', incident.assignee],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

/** Name and address of what helps with it. */
export function quickLinks({ incident: { links } }: Notification): readonly (readonly [string, string])[] {
  const all: [string, string | null][] = [
    ['Incident document', links.document],
    ['War room', links.warRoom],
    ['Runbook', links.runbook],
  ];
  return all.filter((link): link is [string, string] => link[1] !== null && /^https?:\/\//i.test(link[1]));
}
