import { said } from '../../domain/said.ts';
import { shorten } from '../../domain/shorten.ts';
import { words } from '../../texts/languages.ts';
import { digestHeadline, digestParts } from '../digest-text.ts';
import type { Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine, severityText, statusText, timeText } from '../notification-text.ts';
import { buttonHtml, escape, footHtml, headingHtml, hostOf, idPart, lookOf, mailPage, type MailContent } from './mail-parts.ts';

/** One mail in the place of many: all of its incidents by name. */
export function writeDigestMail(digest: Digest, digestId: string): MailContent {
  const host = hostOf(digest.url);
  return {
    subject: shorten(digestHeadline(digest), 200),
    text: writeText(digest),
    html: writeHtml(digest),
    messageId: `${idPart(digestId)}@${host}`,
    threadId: null,
    entityId: digestId,
    date: digest.timestamp,
    isUrgent: digest.entries.some(
      ({ purpose, incident }) => purpose === 'page' && ['SEV1_CRITICAL', 'SEV2_HIGH'].includes(incident.severity),
    ),
  };
}

const invitation = ({ reader }: Digest): string => words(said('message.invite.list'), reader.language);

const why = ({ reader }: Digest): string => words(said('digest.why'), reader.language);

const about = ({ incident, occasion }: DigestEntry, { reader }: Digest): readonly string[] => [
  headline({ occasion, reader }),
  ...(incident.status === 'TRIGGERED' ? [] : [statusText(incident.status, reader)]),
  oneLine(incident.service.name),
  incident.shortId,
];

/** Said once where what it is for and its status are the same. */
const aboutText = (entry: DigestEntry, digest: Digest): string => [...new Set(about(entry, digest))].join(' · ');

function writeText(digest: Digest): string {
  const { reader } = digest;
  return [
    digestHeadline(digest),
    '',
    `${invitation(digest)}: ${digest.url}`,
    ...digestParts(digest).flatMap(({ title, entries }) => [
      '',
      title,
      ...entries.flatMap((entry) => [
        '',
        `${lookOf(entry.incident).emoji} ${severityText(entry.incident.severity, reader)}: ${oneLine(entry.incident.title)}`,
        aboutText(entry, digest),
        entry.incident.url,
      ]),
    ]),
    '',
    timeText(digest.timestamp, reader),
    why(digest),
    '',
  ].join('\n');
}

function writeHtml(digest: Digest): string {
  const { reader, entries } = digest;
  const [worst] = entries;
  return mailPage({
    language: reader.language,
    title: digestHeadline(digest),
    color: worst === undefined ? '#6c757d' : lookOf(worst.incident).color,
    body: [
      headingHtml(digestHeadline(digest)),
      buttonHtml(invitation(digest), digest.url),
      ...digestParts(digest).flatMap(({ title, entries: some }) => [
        `<h2 style="margin:24px 0 8px;font-size:17px">${escape(title)}</h2>`,
        `<table role="presentation" style="border-collapse:collapse;width:100%;font-size:15px">`,
        ...some.map((entry) => row(entry, digest)),
        '</table>',
      ]),
      footHtml([timeText(digest.timestamp, reader), why(digest)]),
    ],
  });
}

function row(entry: DigestEntry, digest: Digest): string {
  const { incident } = entry;
  const { emoji, color } = lookOf(incident);
  return `<tr><td style="padding:8px 12px;border-left:4px solid ${color}">
<a href="${escape(incident.url)}" style="font-weight:700;overflow-wrap:anywhere">${escape(oneLine(incident.title))}</a><br>
<span style="font-size:13px;opacity:.7">${emoji} ${escape([severityText(incident.severity, digest.reader), aboutText(entry, digest)].join(' · '))}</span></td></tr>`;
}
