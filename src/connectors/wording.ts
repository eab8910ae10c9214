import { shorten } from '../domain/shorten.ts';
import { said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import { headline, oneLine, severityText, statusText, timeText } from './notification-text.ts';
import type { Notification } from './notification.ts';
import { fillText, hasLooseBraces, namesIn } from './placeholders.ts';

/** A provider's own words for its messages, with placeholders; null for ours. */
export interface Templates {
  readonly title: string | null;
  readonly body: string | null;
}

export const noTemplates: Templates = { title: null, body: null };

/** Characters. Of the template; what is filled in may make it longer. */
export const longestTemplate = { title: 300, body: 4_000 } as const;
const longestFilled = { title: 500, body: 10_000 } as const;

type Value = (notification: Notification) => string;

/** What is not known is empty. Texts are as they were written: each channel makes plain text of them, as of all that comes from outside. */
const values = {
  'incident.id': ({ incident }) => incident.id,
  'incident.short_id': ({ incident }) => incident.shortId,
  'incident.title': ({ incident }) => oneLine(incident.title),
  'incident.description': ({ incident }) => incident.description,
  'incident.severity': ({ incident, reader }) => severityText(incident.severity, reader),
  'incident.status': ({ incident, reader }) => statusText(incident.status, reader),
  'incident.assignee': ({ incident }) => incident.assignee ?? '',
  'incident.created_at': ({ incident, reader }) => timeText(incident.createdAt, reader),
  'incident.url': ({ incident }) => incident.url,
  'incident.runbook': ({ incident }) => incident.links.runbook ?? '',
  'incident.document': ({ incident }) => incident.links.document ?? '',
  'incident.war_room': ({ incident }) => incident.links.warRoom ?? '',
  'service.name': ({ incident }) => incident.service.name,
  'team.name': ({ incident }) => incident.team ?? '',
  occasion: headline,
  'comment.author': ({ comment }) => comment?.author ?? '',
  'comment.text': ({ comment }) => comment?.text ?? '',
} satisfies Readonly<Record<string, Value>>;

/** Everything that a template may name. */
export const placeholderNames: readonly string[] = Object.keys(values);

/** What is wrong with a template, in words that follow its field's name; null where nothing is. */
export function templateProblem(template: string): string | null {
  const unknown = namesIn(template).find((name) => !placeholderNames.includes(name));
  if (unknown !== undefined) return `has the placeholder {{${unknown}}}, which is none of ${placeholderNames.join(', ')}`;
  return hasLooseBraces(template) ? 'has {{ or }} that belong to no placeholder' : null;
}

/**
 * The message in its provider's own words. What cannot be filled in (a placeholder of another version), or leaves nothing to read, is ours: a
 * message never fails by its words. A comment is told in our words, unless the template has a place for it.
 */
export function inWordsOf(templates: Templates, notification: Notification): Notification {
  const title = filled(templates.title, notification, longestFilled.title);
  const withComment = notification.comment === null || (templates.body !== null && namesIn(templates.body).includes('comment.text'));
  const body = withComment ? filled(templates.body, notification, longestFilled.body) : null;
  return title === null && body === null ? notification : { ...notification, wording: { title, body } };
}

function filled(template: string | null, notification: Notification, longest: number): string | null {
  if (template === null || templateProblem(template) !== null) return null;
  const named = new Set(namesIn(template));
  const known = Object.entries(values).flatMap(([name, value]) => (named.has(name) ? [[name, value(notification)] as const] : []));
  const text = shorten(fillText(template, Object.fromEntries(known)).trim(), longest);
  return text === '' ? null : text;
}

/** The service's note as a line of its own: `Note: …`; null where there is none. */
export const noteLine = ({ note, reader }: Pick<Notification, 'note' | 'reader'>): string | null =>
  note === null || note.trim() === '' ? null : `${words(said('message.note'), reader.language)}: ${note.trim()}`;
