import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import type { Notification } from '../notification.ts';
import { belowTitle, facts, headline, oneLine, quickLinks, severityText, titleOr, viewText, whyText } from '../notification-text.ts';
import { tagsOf, type NtfyConfig } from './config.ts';

/** As `POST /` takes it: docs.ntfy.sh/publish, "Publish as JSON". */
export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions?: readonly NtfyAction[];
  readonly sequence_id: string;
}

/** At most three: server/actions.go. */
export type NtfyAction =
  | { readonly action: 'http'; readonly label: string; readonly url: string; readonly method: 'POST'; readonly clear: boolean }
  | { readonly action: 'view'; readonly label: string; readonly url: string; readonly clear: boolean };

/** What a message says; where it goes and which one it replaces is added when it is sent. */
export type NtfyContent = Omit<NtfyMessage, 'topic' | 'sequence_id'>;

const looks: Readonly<Record<Severity, { readonly priority: number; readonly tags: readonly string[] }>> = {
  SEV1_CRITICAL: { priority: 5, tags: ['rotating_light', 'fire', 'sos'] },
  SEV2_HIGH: { priority: 4, tags: ['warning', 'exclamation'] },
  SEV3_MEDIUM: { priority: 3, tags: ['bell', 'loudspeaker'] },
  SEV4_LOW: { priority: 2, tags: ['information_source'] },
};

/** A usual notification: one short sound. */
const usual = 3;
/** "No vibration or sound", yet not below the fold as the lowest is (docs.ntfy.sh/publish, "Message priority"). */
export const quiet = 2;

export const lookOf = (severity: Severity) => looks[severity];

/** Characters. What is below the title is cut again where it is too many bytes. */
const longest = { title: 200, body: 1_500, link: 900, note: 500 } as const;

export function writeMessage(notification: Notification, config: NtfyConfig): NtfyContent {
  const { incident, purpose, event } = notification;
  const isAlarm = purpose === 'page' || purpose === 'test' || event === 'incident.created';
  const { priority, tags } = lookOf(incident.severity);
  const isOver = incident.status === 'RESOLVED';
  const first = isAlarm ? severityText(incident.severity, notification.reader) : headline(notification);
  const ours = `${first}: ${oneLine(incident.title)}`;
  const actions = actionsOf(notification);
  return {
    title: shorten(titleOr(notification, ours), longest.title),
    message: textOf(notification),
    // Who is told that somebody has it, or that it is over, need not be woken.
    priority: isAlarm || event === 'incident.escalated' ? priority : Math.min(priority, usual),
    tags: [...(isOver ? ['white_check_mark'] : tags), ...tagsOf(config)],
    click: incident.url,
    ...(actions.length > 0 && { actions }),
  };
}

function textOf(notification: Notification): string {
  const { incident, note, wording, reader } = notification;
  const below = belowTitle(notification);
  // The severity stands in the title, and its emoji among the tags.
  const rows = facts(notification).slice(1);
  const why = whyText(notification);
  const links = quickLinks(notification).filter(([, url]) => url.length <= longest.link);
  return [
    `${headline(notification)} · ${incident.shortId}`,
    ...(wording.body === null ? rows.map(([label, value]) => `${label}: ${shorten(oneLine(value), 100)}`) : []),
    ...(below === null ? [] : ['', shorten(withoutControls(below), longest.body)]),
    ...(note === null ? [] : ['', shorten(withoutControls(note), longest.note)]),
    ...(links.length === 0 ? [] : ['', ...links.map(([label, url]) => `${label}: ${url}`)]),
    ...(why === '' ? [] : ['', words(said('message.why', { reasons: shorten(why, 300) }), reader.language)]),
  ].join('\n');
}

/** A press is a POST to the signed link: nobody signs in. Only a topic of one person gets any, since everybody who reads a topic may press. */
function actionsOf({ answers, incident, reader }: Notification): readonly NtfyAction[] {
  if (answers.length === 0) return [];
  return [
    ...answers.slice(0, 2).map(({ act, url }) => ({
      action: 'http' as const,
      label: words(said(`message.answer.${act}`), reader.language),
      url,
      method: 'POST' as const,
      clear: true,
    })),
    { action: 'view', label: viewText(reader), url: incident.url, clear: false },
  ];
}

/** Line breaks stay. Every other control character would take six bytes in JSON. */
export const withoutControls = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, ' ');
