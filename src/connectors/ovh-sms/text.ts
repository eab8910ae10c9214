import { smsSize } from '../../domain/sms-parts.ts';
import { severityLook, type Severity } from '../../domain/vocabulary.ts';
import type { Notification } from '../notification.ts';
import { headline, oneLine, titleOr } from '../notification-text.ts';
import { toGsm7 } from './transliterate.ts';

/** What is paid for one message: 268 units with an emoji in it, 612 without. The title is cut for it, a link never. */
const partsWanted = 4;
/** OVH joins no more (docs.ovhcloud.com, OVHcloud SMS FAQ, "standard SMS and long SMS"). */
const partsPossible = 6;
/** Characters. */
const title = { shortest: 20, longest: 300 } as const;
const longest = { service: 40, body: 160, note: 100 } as const;

export interface SmsLook {
  /** Whether the emoji of the severity stands first: every character then takes two bytes. */
  readonly emoji: boolean;
  /** Whether the message may hold a link. */
  readonly links: boolean;
}

/** A line for a given length of titles. */
type Line = (titleLimit: number) => string;

/**
 * Four lines: severity, title, service, and where to act: the reader's own link where there is one. What the service adds to its messages
 * stands before that. A message that is no page says first what happened.
 */
export function writeSms(notification: Notification, look: SmsLook): string {
  const { incident, wording, note, purpose, event } = notification;
  const isAlarm = purpose === 'page' || purpose === 'test' || event === 'incident.created';
  const ours = isAlarm ? oneLine(incident.title) : `${headline(notification)}: ${oneLine(incident.title)}`;
  const service = `Service: ${cut(oneLine(incident.service.name), longest.service)}`;
  const lines: readonly Line[] = [
    () => severityLine(incident.severity, look),
    (limit) => cut(titleOr(notification, ours), limit),
    () => (wording.body === null ? service : cut(oneLine(wording.body), longest.body)),
    ...(note === null ? [] : [() => cut(oneLine(note), longest.note)]),
  ];
  return fit(lines, linksOf(notification, look), look);
}

export const severityLine = (severity: Severity, { emoji }: Pick<SmsLook, 'emoji'>): string =>
  `${emoji ? `${severityLook[severity].emoji} ` : ''}[IMAS] ${severity}`;

/** The best first: a link that is too long for any SMS gives way to the incident's own, and that to the id that people type. */
function linksOf({ incident, answers }: Notification, { links }: Pick<SmsLook, 'links'>): readonly string[] {
  if (!links) return [incident.shortId];
  const answer = answers.find(({ act }) => act === 'acknowledge') ?? answers[0];
  return [...(answer === undefined ? [] : [answer.url]), incident.url, incident.shortId];
}

/**
 * With titles as long as the parts that are wanted allow; with short ones and more parts where the link alone takes so much.
 * @param links one of them ends the text; none where the list is empty
 */
export function fit(lines: readonly Line[], links: readonly string[], { emoji }: Pick<SmsLook, 'emoji'>): string {
  const text = (titleLimit: number, link: string | null): string => {
    const written = lines.map((line) => line(titleLimit)).join('\n');
    const spelled = emoji ? written : (toGsm7(written) ?? written);
    return link === null ? spelled : `${spelled}\n${link}`;
  };
  for (const link of links.length === 0 ? [null] : links) {
    for (let limit = title.longest; limit >= title.shortest; limit -= 1) {
      const candidate = text(limit, link);
      if (smsSize(candidate).parts <= partsWanted) return candidate;
    }
    const short = text(title.shortest, link);
    if (smsSize(short).parts <= partsPossible) return short;
  }
  return text(title.shortest, links.at(-1) ?? null);
}

/** By characters, so that none is cut in half. Three points are in every alphabet. */
export function cut(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 3).join('')}...`;
}
