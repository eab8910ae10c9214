import { severityLook } from '../../domain/vocabulary.ts';
import { said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import { digestHeadline, digestMore, digestParts } from '../digest-text.ts';
import type { Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine, severityText, timeText } from '../notification-text.ts';
import { actions, context, header, limits, linkButton, section, type Block, type SlackMessage } from './block-kit.ts';
import { escape, link, mrkdwn } from './mrkdwn.ts';
import { shorten } from '../../domain/shorten.ts';

/** A chat shows so many well; the rest is behind the button. */
const shownEntries = 20;

/** Many incidents in one message, the severest first. */
export function digestMessage(digest: Digest): SlackMessage {
  const title = digestHeadline(digest);
  const { reader } = digest;
  let left = shownEntries;
  const parts = digestParts(digest).flatMap(({ title: heading, entries }): Block[] => {
    const shown = entries.slice(0, left);
    left -= shown.length;
    // A line has some 700 characters at most, so that four of them fit wherever they stand.
    return shown.length === 0 ? [] : [section(`*${heading}*`), ...inFours(shown.map((entry) => lineOf(entry, digest)))];
  });
  const more = digestMore(digest.entries.length - (shownEntries - left), digest);
  return {
    text: mrkdwn(title, limits.text),
    blocks: [
      header(title),
      ...parts,
      ...(more === null ? [] : [section(more)]),
      ...actions(linkButton('incidents', words(said('message.invite.list'), reader.language), digest.url)),
      context(`${timeText(digest.timestamp, reader)} · ${words(said('digest.why'), reader.language)}`),
    ],
  };
}

const inFours = (lines: readonly string[]): readonly Block[] =>
  Array.from({ length: Math.ceil(lines.length / 4) }, (_, at) => section(lines.slice(at * 4, at * 4 + 4).join('\n')));

function lineOf(entry: DigestEntry, { reader }: Digest): string {
  const { incident } = entry;
  const about = [severityText(incident.severity, reader), headline({ ...entry, reader }), incident.service.name, incident.shortId];
  const title = shorten(oneLine(incident.title), 60);
  const linked = escape(incident.url).length > 200 ? escape(title) : link(incident.url, title);
  return `${severityLook[incident.severity].emoji} ${linked} ${mrkdwn(about.map(oneLine).join(' · '), 180)}`;
}
