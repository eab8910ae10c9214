import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import type { Notification } from '../notification.ts';
import {
  belowTitle,
  bodyText,
  facts,
  headline,
  labelFacts,
  oneLine,
  quickLinks,
  severityTitle,
  titleOr,
  whyText,
} from '../notification-text.ts';
import { buttonsFor, type Row } from './buttons.ts';
import { colorOf, fieldsWithin, limits, weight, type Embed, type Field } from './embed.ts';
import { linkText, plain, plainOrDash } from './plain.ts';

/** What is sent, and what it is changed to. */
export interface Body {
  readonly content: string;
  readonly embeds: readonly Embed[];
  readonly components: readonly Row[];
  readonly allowed_mentions: Mentions;
}

/** Who is notified of what stands in the text: by default Discord would read it for mentions. */
export interface Mentions {
  readonly parse: readonly 'everyone'[];
  readonly users?: readonly string[];
  readonly replied_user?: boolean;
}

export const nobody: Mentions = { parse: [] };

/** @param canPress whether presses of buttons come back to us */
export function messageBody(notification: Notification, canPress: boolean): Body {
  return {
    content: notice(notification),
    embeds: [embedOf(notification)],
    components: buttonsFor(notification, canPress),
    allowed_mentions: nobody,
  };
}

/** What is new, in few words; the message that it stands below says the rest. Without an embed, so that it needs no right but to write. */
export function replyBody(notification: Notification): Body {
  const { comment, incident } = notification;
  const head = `${plain(headline(notification), 200)} · [${incident.shortId}](<${incident.url}>)`;
  const below = comment === null ? null : bodyText(notification);
  return {
    content: below === null ? head : `${head}\n${plain(below, limits.content - head.length - 1)}`,
    embeds: [],
    components: [],
    allowed_mentions: nobody,
  };
}

/** What phones show, and all that is shown where embeds may not be: of them they show nothing. */
function notice(notification: Notification): string {
  const { incident, wording } = notification;
  const title = wording.title ?? `${severityTitle(notification)} · ${incident.service.name}`;
  return `${plain(headline(notification), 200)}: ${plain(oneLine(title), 500)}`;
}

/** Neither this line nor the footer is read as Markdown. */
const aboveTitle = (notification: Notification): string =>
  shorten(`${headline(notification)} · ${notification.incident.shortId}`, limits.author);

/** Of the 6,000 characters the labels get what the description leaves, and it leaves them some. */
const forLabels = 800;

function embedOf(notification: Notification): Embed {
  const { incident, timestamp, note } = notification;
  const title = titleOr(notification, `${severityLook[incident.severity].emoji} ${oneLine(incident.title)}`);
  const embed = {
    color: colorOf(severityLook[incident.severity].color),
    author: { name: aboveTitle(notification) },
    title: plainOrDash(title, limits.title),
    url: incident.url,
    timestamp,
    ...footer(notification),
  };
  const fixed = facts(notification).map(([label, value]) => field(label, value, true));
  const last = [
    ...(note === null ? [] : [field(words(said('message.note'), notification.reader.language), note, false)]),
    ...links(notification),
  ];
  const labels = labelFacts(notification).map(([label, value]) => field(label, value, true));
  const room = limits.all - weight({ ...embed, fields: [...fixed, ...last] });
  const text = belowTitle(notification);
  const description = text === null ? '' : plain(text, Math.min(limits.description, room - (labels.length === 0 ? 0 : forLabels)));
  const shown = fieldsWithin(labels, room - description.length, limits.fields - fixed.length - last.length);
  return { ...embed, ...(description.trim() !== '' && { description }), fields: [...fixed, ...shown, ...last] };
}

const longestValue = 300;

const field = (name: string, value: string, inline: boolean): Field => ({
  name: plainOrDash(oneLine(name), 100),
  value: inline ? plainOrDash(oneLine(value), longestValue) : plainOrDash(value, limits.value),
  inline,
});

/** As many whole links as fit. */
function links(notification: Notification): readonly Field[] {
  const all = quickLinks(notification).map(([label, url]) => `[${linkText(label, 100)}](${closed(url)})`);
  const value = all.reduce(
    (text, link) => (text.length + link.length + 3 > limits.value ? text : text === '' ? link : `${text} · ${link}`),
    '',
  );
  return value === '' ? [] : [{ name: words(said('report.links'), notification.reader.language), value, inline: false }];
}

/** A bracket would end the link before its address does. */
const closed = (url: string): string => url.replaceAll('(', '%28').replaceAll(')', '%29');

function footer(notification: Notification): Pick<Embed, 'footer'> {
  const reasons = whyText(notification);
  return reasons === '' ? {} : { footer: { text: shorten(words(said('message.why', { reasons }), notification.reader.language), 500) } };
}
