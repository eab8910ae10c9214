import { digestMore, digestParts } from '../digest-text.ts';
import type { Announcement, Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine } from '../notification-text.ts';
import { cut, fit, severityLine, type SmsLook } from './text.ts';

/** As many as are read in one look; the rest is behind the link. */
const entriesShown = 5;
const longestAnnouncement = 160;

/** The worst first, a line each, and where all of them are listed. */
export function writeDigestSms(digest: Digest, look: SmsLook): string {
  const [worst] = digest.entries;
  const shown = digest.entries.slice(0, entriesShown);
  const more = digestMore(digest.entries.length - shown.length, digest);
  const counts = digestParts(digest).map((part) => part.title);
  return fit(
    [
      ...(worst === undefined ? [] : [() => severityLine(worst.incident.severity, look)]),
      () => counts.join(', '),
      ...shown.map((entry) => (limit: number) => cut(entryText(entry, digest), Math.min(limit, 60))),
      ...(more === null ? [] : [() => more]),
    ],
    look.links ? [digest.url] : [],
    look,
  );
}

function entryText(entry: DigestEntry, { reader }: Digest): string {
  const { incident, purpose } = entry;
  const what = purpose === 'page' ? incident.severity.slice(0, 4) : headline({ ...entry, reader });
  return `${what} ${oneLine(incident.title)}`;
}

export function writeAnnouncementSms({ title, text, links }: Announcement, look: SmsLook): string {
  const [link] = links;
  const lines = [
    () => '[IMAS]',
    (limit: number) => cut(oneLine(title), limit),
    ...(oneLine(text) === '' || oneLine(text) === oneLine(title) ? [] : [() => cut(oneLine(text), longestAnnouncement)]),
  ];
  return fit(lines, look.links && link !== undefined ? [link.url] : [], look);
}
