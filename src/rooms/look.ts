import { hash } from 'node:crypto';
import type { RoomLook } from '../connectors/connector.ts';
import type { IncidentSummary } from '../connectors/notification.ts';
import { severityText, statusText } from '../connectors/notification-text.ts';
import { anyReader } from '../domain/reader.ts';

/** As every vendor takes them: Slack's limit is 80. */
const longestName = 80;

/** `inc-abc123-redis-prod`: letters, digits and hyphens. */
export function roomName({ shortId, service }: Pick<IncidentSummary, 'shortId' | 'service'>): string {
  const slug = service.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `inc-${shortId.replace(/^INC-/, '').toLowerCase()}-${slug}`.slice(0, longestName).replace(/-$/, '');
}

/** A room as the incident is now. */
export function roomLook(incident: IncidentSummary, { isPrivate }: { readonly isPrivate: boolean }): RoomLook {
  const { title, links, severity, status, url, assignee } = incident;
  const named = [
    ['Incident', url],
    ['LID', links.document],
    ['Runbook', links.runbook],
  ] as const;
  const states = [severityText(severity, anyReader), statusText(status, anyReader), ...(assignee === null ? [] : [assignee])];
  return {
    name: roomName(incident),
    topic: `${states.join(' · ')}: ${title}`,
    isPrivate,
    links: named.flatMap(([name, link]) => (link === null ? [] : [{ title: name, url: link }])),
  };
}

/** A look as one short text: where it is another one, the room is out of date. */
export const lookKey = (look: RoomLook): string => hash('sha256', JSON.stringify(look), 'base64url');
