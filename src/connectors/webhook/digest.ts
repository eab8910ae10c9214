import { shorten } from '../../domain/shorten.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { digestHeadline, digestMore } from '../digest-text.ts';
import type { Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine, severityText } from '../notification-text.ts';
import { formatOf, type WebhookConfig } from './config.ts';
import { incidentFields } from './json-body.ts';
import { escape as escapeForSlack } from './slack.ts';
import { adaptiveMessage, escape as escapeForTeams, isWorkflow } from './teams.ts';
import type { Json } from './template.ts';

/** A chat shows so many lines well; the rest is behind the link. Slack takes 3,000 characters a section. */
const linesShown = 20;

/** Formats that a person reads, and our own. Others keep something of their own for each incident, or are not known to us. */
export const mayDigest = (config: Pick<WebhookConfig, 'format' | 'template'>): boolean =>
  ['slack', 'teams', 'json'].includes(formatOf(config));

export function digestBody(config: WebhookConfig, digest: Digest): Json {
  switch (formatOf(config)) {
    case 'slack':
      return slackDigest(digest);
    case 'teams':
      return isWorkflow(config.url) ? adaptiveDigest(digest) : cardDigest(digest);
    default:
      return jsonDigest(digest);
  }
}

/** Format `json`: all incidents, each as in a notification of its own. */
function jsonDigest(digest: Digest): Json {
  return {
    source: 'imas-manager',
    event_type: 'digest',
    title: digestHeadline(digest),
    url: digest.url,
    timestamp: digest.timestamp,
    incidents: digest.entries.map(({ incident, event }) => ({
      event,
      ...incidentFields(incident),
      short_id: incident.shortId,
      url: incident.url,
    })),
  };
}

/** One line an incident, and how many there are beside. */
function lines(digest: Digest, line: (entry: DigestEntry, about: string) => string): readonly string[] {
  const shown = digest.entries.slice(0, linesShown).map((entry) => {
    const { incident } = entry;
    const about = [severityText(incident.severity, digest.reader), headline({ ...entry, reader: digest.reader }), incident.service.name];
    return line(entry, `${severityLook[incident.severity].emoji} ${about.map(oneLine).join(' · ')}`);
  });
  const more = digestMore(digest.entries.length - shown.length, digest);
  return more === null ? shown : [...shown, more];
}

const titleOf = ({ incident }: DigestEntry): string => shorten(oneLine(incident.title), 100);

function slackDigest(digest: Digest): Json {
  const all = lines(
    digest,
    (entry, about) => `<${entry.incident.url}|${escapeForSlack(titleOf(entry))}> ${escapeForSlack(shorten(about, 120))}`,
  );
  // Each section is far below its limit, even where every character was escaped.
  const sections = Array.from({ length: Math.ceil(all.length / 3) }, (_, index) => all.slice(index * 3, index * 3 + 3));
  return {
    text: escapeForSlack(shorten(digestHeadline(digest), 300)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shorten(digestHeadline(digest), 150), emoji: true } },
      ...sections.map((some) => ({ type: 'section', text: { type: 'mrkdwn', text: some.join('\n') } })),
      { type: 'section', text: { type: 'mrkdwn', text: `<${digest.url}|IMAS>` } },
    ],
  };
}

const teamsLines = (digest: Digest): string =>
  lines(digest, (entry, about) => `[${escapeForTeams(titleOf(entry))}](${entry.incident.url}) ${escapeForTeams(shorten(about, 120))}`).join(
    '\n\n',
  );

function cardDigest(digest: Digest): Json {
  return {
    '@type': 'MessageCard',
    '@context': 'http://schema.org/extensions',
    themeColor: colorOf(digest).slice(1),
    summary: shorten(digestHeadline(digest), 200),
    sections: [
      { activityTitle: escapeForTeams(shorten(digestHeadline(digest), 500)), facts: [], text: teamsLines(digest), markdown: true },
    ],
    potentialAction: [{ '@type': 'OpenUri', name: 'IMAS', targets: [{ os: 'default', uri: digest.url }] }],
  };
}

function adaptiveDigest(digest: Digest): Json {
  const headline = escapeForTeams(shorten(digestHeadline(digest), 500));
  return adaptiveMessage(
    [
      { type: 'TextBlock', text: headline, size: 'large', weight: 'bolder', wrap: true },
      { type: 'TextBlock', text: teamsLines(digest), wrap: true },
    ],
    [['IMAS', digest.url]],
  );
}

const colorOf = ({ entries }: Digest): string => severityLook[entries[0]?.incident.severity ?? 'SEV4_LOW'].color;
