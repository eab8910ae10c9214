import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import { words } from '../../texts/languages.ts';
import type { Notification } from '../notification.ts';
import {
  answerText,
  belowTitle,
  factName,
  facts,
  headline,
  labelFacts,
  oneLine,
  quickLinks,
  severityText,
  timeText,
  titleOr,
  whyText,
} from '../notification-text.ts';
import { noteLine } from '../wording.ts';
import { buttonHtml, linkHtml, escape, footHtml, headingHtml, hostOf, idPart, lookOf, mailPage, type MailContent } from './mail-parts.ts';

/** Everything that a mail about an incident says. */
export function writeMail(notification: Notification, deliveryId: string): MailContent {
  const { incident, timestamp, purpose } = notification;
  const host = hostOf(incident.url);
  return {
    subject: shorten(subject(notification), 200),
    text: writeText(notification),
    html: writeHtml(notification),
    messageId: `${idPart(deliveryId)}@${host}`,
    threadId: `incident-${idPart(incident.id)}@${host}`,
    entityId: incident.id,
    date: timestamp,
    ...(notification.replyByMail !== undefined && { replyTo: notification.replyByMail.address }),
    isUrgent: purpose === 'page' && ['SEV1_CRITICAL', 'SEV2_HIGH'].includes(incident.severity),
  };
}

/** What it is for stands first: many show no more than the beginning. How bad it was matters little once it is over. */
function subject(notification: Notification): string {
  const { incident, reader } = notification;
  const severity = incident.status === 'RESOLVED' ? [] : [severityText(incident.severity, reader)];
  return titleOr(notification, `[${incident.shortId}] ${[headline(notification), ...severity, oneLine(incident.title)].join(' · ')}`);
}

/** What its link is for: nobody is asked to acknowledge what somebody has, or what is over. */
const invitation = ({ incident, answers, reader }: Notification): string =>
  words(
    said(incident.status === 'TRIGGERED' && answers.length === 0 ? 'message.invite.acknowledge' : 'message.invite.view'),
    reader.language,
  );

function replyLine({ replyByMail, reader }: Notification): readonly string[] {
  if (replyByMail === undefined) return [];
  return [words(said(replyByMail.mayAct ? 'message.reply.act' : 'message.reply.comment'), reader.language)];
}

const allFacts = (notification: Notification): readonly (readonly [string, string])[] => [
  ...facts(notification),
  [factName('opened', notification.reader), timeText(notification.incident.createdAt, notification.reader)],
];

function whyLine(notification: Notification): readonly string[] {
  const reasons = whyText(notification);
  return reasons === '' ? [] : [words(said('message.why', { reasons }), notification.reader.language)];
}

function writeText(notification: Notification): string {
  const { incident, timestamp, reader } = notification;
  const below = belowTitle(notification);
  const note = noteLine(notification);
  return [
    titleOr(notification, `${headline(notification)}: ${oneLine(incident.title)}`),
    '',
    ...notification.answers.map(({ act, url }) => `${answerText(act, reader)}: ${url}`),
    `${invitation(notification)}: ${incident.url}`,
    '',
    ...allFacts(notification).map(([label, value]) => `${label}: ${oneLine(value)}`),
    ...labelFacts(notification).map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`),
    ...(below === null ? [] : ['', below]),
    ...(note === null ? [] : ['', note]),
    '',
    ...quickLinks(notification).map(([label, url]) => `${label}: ${url}`),
    '',
    `${incident.shortId}, ${timeText(timestamp, reader)}`,
    ...whyLine(notification),
    ...replyLine(notification),
    '',
  ].join('\n');
}

function writeHtml(notification: Notification): string {
  const { incident, timestamp, reader } = notification;
  const { color, emoji } = lookOf(incident);
  const title = titleOr(notification, oneLine(incident.title));
  const links = quickLinks(notification).map(([label, url]) => `<a href="${escape(url)}" style="margin-right:16px">${escape(label)}</a>`);
  const labels = labelFacts(notification);
  const below = belowTitle(notification);
  const note = noteLine(notification);
  return mailPage({
    language: reader.language,
    title,
    color,
    body: [
      `<p style="margin:0;font-size:14px">${emoji} ${escape(headline(notification))} · ${escape(incident.shortId)}</p>`,
      headingHtml(title),
      ...notification.answers.map(({ act, url }) => buttonHtml(answerText(act, reader), url)),
      notification.answers.length === 0
        ? buttonHtml(invitation(notification), incident.url)
        : linkHtml(invitation(notification), incident.url),
      `<table role="presentation" style="border-collapse:collapse;font-size:15px">${allFacts(notification).map(factRow).join('')}</table>`,
      ...[below, note].flatMap((text) =>
        text === null ? [] : [`<p style="margin:16px 0;white-space:pre-wrap;overflow-wrap:anywhere">${escape(text)}</p>`],
      ),
      ...(labels.length === 0
        ? []
        : [
            `<table role="presentation" style="margin-top:16px;border-collapse:collapse;font-size:13px">${labels.map(factRow).join('')}</table>`,
          ]),
      `<p style="margin:16px 0">${links.join(' ')}</p>`,
      footHtml([timeText(timestamp, reader), ...whyLine(notification), ...replyLine(notification)]),
    ],
  });
}

const factRow = ([label, value]: readonly [string, string]): string =>
  `<tr><td style="padding:4px 16px 4px 0;opacity:.7;white-space:nowrap;vertical-align:top">${escape(oneLine(label))}</td><td style="padding:4px 0;overflow-wrap:anywhere"><strong>${escape(oneLine(value))}</strong></td></tr>`;
