import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import { digestHeadline, digestMore, digestParts } from '../digest-text.ts';
import type { Announcement, Digest, Notification } from '../notification.ts';
import { answerText, belowTitle, headline, oneLine, severityText, titleOr } from '../notification-text.ts';

/** What the pages' service worker is told, and shows: w3.org/TR/push-api, notifications.spec.whatwg.org. */
export interface PushMessage {
  /** Names the act: a repeat is shown again without a sound. */
  readonly act: string;
  readonly title: string;
  readonly body: string;
  /** A message takes the place of the one before with the same tag. */
  readonly tag: string;
  readonly lang: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Where a tap leads. */
  readonly url: string;
  /** It makes a sound, also in the place of another one. */
  readonly sounds: boolean;
  /** It stays until somebody does something about it. */
  readonly stays: boolean;
  readonly actions: readonly PushAction[];
  /** Said where a press could not be sent. */
  readonly unsent: string;
}

export interface PushAction {
  readonly act: string;
  readonly title: string;
  /** Signed; a POST does it. */
  readonly url: string;
}

/** How it is handed to the push service: RFC 8030 §5.2 to §5.4. */
export interface Handling {
  readonly urgency: 'low' | 'normal' | 'high';
  /** What waits for the same device under the same topic is replaced. */
  readonly topic: string;
}

export type PushContent = Omit<PushMessage, 'act'> & { readonly handling: Handling };

/** Characters. */
const longest = { title: 120, line: 160, body: 400, note: 200 } as const;
/** What a phone shows of a list. */
const entriesShown = 8;

export function writePush(notification: Notification, topicOf: (tag: string) => string): PushContent {
  const { incident, purpose, event, answers, reader } = notification;
  const isOpen = incident.status === 'TRIGGERED';
  const isAlarm = purpose === 'page' || purpose === 'test';
  const sounds = isAlarm || event === 'incident.created' || event === 'incident.escalated';
  const isGrave = incident.severity === 'SEV1_CRITICAL' || incident.severity === 'SEV2_HIGH';
  return {
    ...textOf(notification),
    tag: incident.id,
    lang: reader.language,
    at: Date.parse(notification.timestamp),
    url: incident.url,
    sounds,
    stays: isOpen && purpose === 'page',
    actions: answers.map(({ act, url }) => ({ act, title: answerText(act, reader), url })),
    unsent: answers.length === 0 ? '' : words(said('device.unsent'), reader.language),
    handling: { urgency: sounds ? (isAlarm || isGrave ? 'high' : 'normal') : 'low', topic: topicOf(incident.id) },
  };
}

/** In the place of what was sent: it says who has it, or that it is over, and makes no sound. */
export function writePushUpdate(notification: Notification, topicOf: (tag: string) => string): PushContent {
  const push = writePush(notification, topicOf);
  const isOpen = notification.incident.status === 'TRIGGERED';
  return { ...push, sounds: false, stays: isOpen && notification.purpose === 'page', handling: { ...push.handling, urgency: 'normal' } };
}

function textOf(notification: Notification): Pick<PushMessage, 'title' | 'body'> {
  const { incident, note, reader } = notification;
  const isOpen = incident.status === 'TRIGGERED';
  const ours = isOpen
    ? `${severityLook[incident.severity].emoji} ${severityText(incident.severity, reader)}: ${oneLine(incident.title)}`
    : `${headline(notification)}: ${oneLine(incident.title)}`;
  const below = belowTitle(notification);
  return {
    title: shorten(titleOr(notification, ours), longest.title),
    body: [
      [...(isOpen ? [headline(notification)] : []), incident.service.name, incident.shortId]
        .map((part) => shorten(oneLine(part), longest.line))
        .join(' · '),
      ...(below === null ? [] : [shorten(below.trim(), longest.body)]),
      ...(note === null ? [] : [shorten(note.trim(), longest.note)]),
    ].join('\n'),
  };
}

export function writePushDigest(digest: Digest, topicOf: (tag: string) => string): PushContent {
  const entries = digestParts(digest).flatMap((part) => part.entries);
  const more = digestMore(entries.length - entriesShown, digest);
  const asks = entries.some(({ purpose }) => purpose === 'page');
  return {
    title: shorten(digestHeadline(digest), longest.title),
    body: [
      ...entries
        .slice(0, entriesShown)
        .map(
          ({ incident }) =>
            `${severityLook[incident.severity].emoji} ${shorten(oneLine(incident.title), 80)} · ${shorten(oneLine(incident.service.name), 40)}`,
        ),
      ...(more === null ? [] : [more]),
    ].join('\n'),
    tag: 'incidents',
    lang: digest.reader.language,
    at: Date.parse(digest.timestamp),
    url: digest.url,
    sounds: true,
    stays: asks,
    actions: [],
    unsent: '',
    handling: { urgency: asks ? 'high' : 'normal', topic: topicOf('incidents') },
  };
}

export function writePushAnnouncement(what: Announcement, act: string, topicOf: (tag: string) => string): PushContent {
  const [link] = what.links;
  return {
    title: shorten(oneLine(what.title), longest.title),
    body: [
      shorten(what.text.trim(), longest.body),
      ...what.facts.map(([label, value]) => `${label}: ${shorten(oneLine(value), longest.line)}`),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    tag: act,
    lang: 'en',
    at: Date.now(),
    url: link?.url ?? '',
    sounds: what.tone !== 'good',
    stays: false,
    actions: [],
    unsent: '',
    handling: { urgency: 'normal', topic: topicOf(act) },
  };
}
