import { splitLabels } from '../domain/alert-group.ts';
import type { Reader } from '../domain/reader.ts';
import { said } from '../domain/said.ts';
import { severityLook, type IncidentStatus, type Severity } from '../domain/vocabulary.ts';
import { words } from '../texts/languages.ts';
import type { Answer, IncidentLinks, Notification } from './notification.ts';

type Spoken = Pick<Notification, 'incident' | 'reader'>;

/** What this message is for: "New incident", "Still unacknowledged after 15 min". */
export const headline = ({ occasion, reader }: Pick<Notification, 'occasion' | 'reader'>): string =>
  oneLine(words(occasion, reader.language));

/** A title in one line: a line break in it would break headers, headings and Jira's summary. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

type Body = Pick<Notification, 'comment' | 'incident' | 'wording' | 'reader'>;

/** The provider's own title, or else `ours`. */
export const titleOr = ({ wording }: Pick<Notification, 'wording'>, ours: string): string =>
  wording.title === null ? ours : oneLine(wording.title);

/** What there is to say beyond the title: the provider's own words, else the comment, the description, or the title again, so never empty. */
export function bodyText({ comment, incident, wording, reader }: Body): string {
  if (wording.body !== null) return wording.body;
  if (comment !== null) return words(said('message.comment', comment), reader.language);
  return incident.description.trim() === '' ? oneLine(incident.title) : incident.description;
}

/** What stands below a title that is shown in full: null where there is nothing but the title to say. */
export function belowTitle(notification: Body): string | null {
  const text = bodyText(notification);
  return oneLine(text) === oneLine(notification.incident.title) ? null : text;
}

/** Why this person gets it, in one line; empty where nothing is said. */
export const whyText = ({ reasons, reader }: Pick<Notification, 'reasons' | 'reader'>): string =>
  oneLine(reasons.map((reason) => words(reason, reader.language)).join('; '));

/** `SEV1 Critical`. */
export const severityText = (severity: Severity, { language }: Reader): string => words(said(`message.severity.${severity}`), language);

export const statusText = (status: IncidentStatus, { language }: Reader): string => words(said(`status.${status}`), language);

/** `🔴 SEV1 Critical: title`. */
export const severityTitle = ({ incident, reader }: Spoken): string =>
  `${severityLook[incident.severity].emoji} ${severityText(incident.severity, reader)}: ${oneLine(incident.title)}`;

/** `27 Nov 2026, 23:56 UTC`, from RFC 3339. */
export function timeText(instant: string, { language, timeZone }: Reader): string {
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(instant));
}

/** Label and value, in the order in which a responder wants them; what is not known is left out. */
export function facts({ incident, reader }: Spoken): readonly (readonly [string, string])[] {
  const { alerts } = incident;
  const firing = alerts === null || alerts.alerts < 2 ? null : said('message.firing', { firing: alerts.firing, alerts: alerts.alerts });
  const rows: [Parameters<typeof factName>[0], string | null][] = [
    ['severity', `${severityLook[incident.severity].emoji} ${severityText(incident.severity, reader)}`],
    ['service', incident.service.name],
    ['status', statusText(incident.status, reader)],
    ['alerts', firing === null ? null : words(firing, reader.language)],
    ['team', incident.team],
    ['assignee', incident.assignee],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[factName(name, reader), value] as const]));
}

export const factName = (
  name: 'severity' | 'service' | 'status' | 'alerts' | 'team' | 'assignee' | 'opened',
  { language }: Reader,
): string => words(said(`message.fact.${name}`), language);

const labelsShown = 12;

/** The labels of many alerts: each that all of them share once, then what tells them apart. None for a single alert. */
export function labelFacts({ incident: { alerts }, reader }: Spoken): readonly (readonly [string, string])[] {
  if (alerts === null || alerts.alerts < 2) return [];
  const { shared, varying } = splitLabels(alerts);
  return [
    ...shared.map(({ label, some }) => [label, some[0] ?? ''] as const),
    ...varying.map(({ label, values: count, some }) => {
      const values = some.join(', ') + (count > some.length ? '…' : '');
      return [label, words(said('message.different', { count, values }), reader.language)] as const;
    }),
  ].slice(0, labelsShown);
}

/** What helps with it, by its name in `links`, with its address. */
export function webLinks({ incident: { links } }: Pick<Spoken, 'incident'>): readonly (readonly [keyof IncidentLinks, string])[] {
  const names = ['runbook', 'source', 'dashboard', 'document', 'warRoom'] as const;
  return names.flatMap((name) => {
    const url = links[name];
    const address = url === null ? null : webAddress(url);
    return address === null ? [] : [[name, address] as const];
  });
}

/** Name and address of what helps with it. */
export const quickLinks = (spoken: Spoken): readonly (readonly [string, string])[] =>
  webLinks(spoken).map(([name, address]) => [words(said(`message.link.${name}`), spoken.reader.language), address]);

/** Null for what is no http(s) address. URLs are read without their line breaks, which would begin a line of their own in a text. */
const webAddress = (text: string): string | null => {
  if (!/^https?:\/\//i.test(text)) return null;
  return /[\p{Cc}\p{Z}]/u.test(text) ? (URL.parse(text)?.href ?? null) : text;
};

/** What a link is called that acts at once. */
export const answerText = (act: Answer['act'], { language }: Reader): string => words(said(`answer.ask.${act}`), language);

/** What the link to the incident is called. */
export const viewText = ({ language }: Reader): string => words(said('message.link.incident'), language);
