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
  severityTitle,
  timeText,
  titleOr,
  webLinks,
  whyText,
} from '../notification-text.ts';
import { actions, context, fieldSections, header, joined, limits, section, type Block, type SlackMessage } from './block-kit.ts';
import { buttonsOf } from './buttons.ts';
import { link, mrkdwn } from './mrkdwn.ts';

/** A message about an incident. @param canPress whether presses reach us */
export function messageOf(about: Notification, canPress: boolean): SlackMessage {
  const { note } = about;
  const { title, saysTitle } = headerOf(about);
  const description = descriptionOf(about, saysTitle);
  const labels = labelFacts(about).map(([label, value]) => `*${mrkdwn(oneLine(label), 100)}* ${mrkdwn(oneLine(value), 300)}`);
  const links = linksOf(about);
  return {
    text: fallbackOf(about),
    blocks: [
      header(title),
      context(joined([`*${mrkdwn(headline(about), 500)}*`, mrkdwn(about.incident.shortId, 100)], ' · ')),
      ...fieldSections(facts(about).map(([label, value]) => `*${label}*\n${mrkdwn(oneLine(value), 500)}`)),
      ...(description === null ? [] : [section(mrkdwn(description, limits.section))]),
      ...(labels.length === 0 ? [] : [section(joined(labels, '\n'))]),
      ...(note === null || note.trim() === '' ? [] : [section(mrkdwn(note, limits.section))]),
      ...(links === '' ? [] : [section(links)]),
      ...actions(buttonsOf(about, canPress)),
      context(footOf(about)),
    ],
  };
}

/** What is new, below a message about the incident. */
export function replyOf(about: Notification): SlackMessage {
  const { comment, wording, note } = about;
  const texts = [comment === null && wording.body === null ? null : bodyText(about), note];
  return {
    text: fallbackOf(about),
    blocks: [
      section(`*${mrkdwn(titleOr(about, headline(about)), 2000)}*`),
      ...texts.flatMap((text): Block[] => (text === null || text.trim() === '' ? [] : [section(mrkdwn(text, limits.section))])),
      context(footOf(about)),
    ],
  };
}

/** `🟠 [TEST] Redis Cluster Down - redis-prod`: where it is too long, the service stays. */
function headerOf(about: Notification): { readonly title: string; readonly saysTitle: boolean } {
  const { incident, wording } = about;
  const emoji = incident.status === 'RESOLVED' ? '✅' : severityLook[incident.severity].emoji;
  const title = `${emoji} ${oneLine(incident.title)}`;
  const service = ` - ${oneLine(incident.service.name)}`;
  const own = wording.title === null ? '' : oneLine(wording.title);
  if (own !== '') return { title: own, saysTitle: false };
  const room = limits.header - service.length;
  if (title.length <= room) return { title: `${title}${service}`, saysTitle: true };
  return { title: room < 50 ? title : `${shorten(title, room)}${service}`, saysTitle: room < 50 && title.length <= limits.header };
}

/** Null where the header says it all. */
function descriptionOf(about: Notification, headerSaysTitle: boolean): string | null {
  const text = belowTitle(about) ?? (headerSaysTitle ? '' : oneLine(about.incident.title));
  return text.trim() === '' ? null : text;
}

function fallbackOf(about: Notification): string {
  const { incident } = about;
  const title = titleOr(about, `${severityTitle(about)} - ${oneLine(incident.service.name)}`);
  return `${mrkdwn(headline(about), 500)}: ${mrkdwn(title, 1500)} (${mrkdwn(incident.shortId, 100)})`;
}

const linkOrder = ['document', 'runbook', 'warRoom', 'source', 'dashboard'] as const;

/** "📄 LID Document", "📋 Runbook", "💬 War Room". */
function linksOf(about: Notification): string {
  const addresses = new Map(webLinks(about));
  const links = linkOrder.flatMap((name) => {
    const address = addresses.get(name);
    return address === undefined ? [] : [link(address, words(said(`message.chatLink.${name}`), about.reader.language))];
  });
  return joined(links, '  ·  ');
}

function footOf(about: Notification): string {
  const { timestamp, reader } = about;
  const reasons = whyText(about);
  const why = reasons === '' ? [] : [words(said('message.why', { reasons }), reader.language)];
  return [timeText(timestamp, reader), ...why].map((part) => mrkdwn(part, 900)).join(' · ');
}
