import { said } from '../../domain/said.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { words } from '../../texts/languages.ts';
import { digestHeadline, digestMore } from '../digest-text.ts';
import type { Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine, severityText } from '../notification-text.ts';
import { linkRows } from './buttons.ts';
import { colorOf, limits } from './embed.ts';
import { nobody, type Body } from './message.ts';
import { linkText, plain } from './plain.ts';

/** A chat shows so many lines well; the rest is behind the link. */
const linesShown = 20;

export function digestBody(digest: Digest): Body {
  const { entries, reader, url, timestamp } = digest;
  const title = digestHeadline(digest);
  return {
    content: plain(title, 400),
    embeds: [
      {
        color: colorOf(severityLook[entries[0]?.incident.severity ?? 'SEV4_LOW'].color),
        title: plain(words(said('digest.title', { count: entries.length }), reader.language), limits.title),
        url,
        description: lines(digest),
        timestamp,
        footer: { text: words(said('digest.why'), reader.language) },
      },
    ],
    components: linkRows([[words(said('message.invite.list'), reader.language), url]]),
    allowed_mentions: nobody,
  };
}

function lines(digest: Digest): string {
  const all = digest.entries.slice(0, linesShown).map((entry) => line(entry, digest));
  const more = (shown: number): readonly string[] => {
    const text = digestMore(digest.entries.length - shown, digest);
    return text === null ? [] : [text];
  };
  for (let shown = all.length; shown > 0; shown -= 1) {
    const text = [...all.slice(0, shown), ...more(shown)].join('\n');
    if (text.length <= limits.description) return text;
  }
  return more(0).join('\n');
}

function line(entry: DigestEntry, { reader }: Digest): string {
  const { incident } = entry;
  const about = [severityText(incident.severity, reader), headline({ ...entry, reader }), incident.service.name].map(oneLine).join(' · ');
  return `${severityLook[incident.severity].emoji} [${linkText(oneLine(incident.title), 100)}](${incident.url}) ${plain(about, 120)}`;
}
