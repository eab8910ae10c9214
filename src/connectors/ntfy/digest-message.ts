import { shorten } from '../../domain/shorten.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { digestHeadline, digestMore, digestParts } from '../digest-text.ts';
import type { Announcement, Digest, DigestEntry } from '../notification.ts';
import { headline, oneLine } from '../notification-text.ts';
import { priorityOf, tagsOf, type NtfyConfig } from './config.ts';
import { lookOf, withoutControls, type NtfyContent } from './message.ts';

const entriesShown = 20;
const toneTags = { bad: ['warning'], good: ['white_check_mark'], plain: [] } as const;

export function writeDigest(digest: Digest, config: NtfyConfig): NtfyContent {
  const [worst] = digest.entries;
  const look = lookOf(worst?.incident.severity ?? 'SEV4_LOW');
  let left = entriesShown;
  const parts = digestParts(digest).flatMap(({ title, entries }) => {
    const shown = entries.slice(0, left);
    left -= shown.length;
    return shown.length === 0 ? [] : ['', title, ...shown.map((entry) => entryText(entry, digest))];
  });
  const more = digestMore(digest.entries.length - entriesShown, digest);
  return {
    title: shorten(digestHeadline(digest), 200),
    message: [...parts.slice(1), ...(more === null ? [] : [more])].join('\n'),
    priority: worst?.purpose === 'page' ? look.priority : Math.min(look.priority, 3),
    tags: [...look.tags, ...tagsOf(config)],
    click: digest.url,
  };
}

function entryText({ incident, ...entry }: DigestEntry, { reader }: Digest): string {
  const about = [headline({ ...entry, reader }), incident.service.name].map(oneLine).join(' · ');
  return `${severityLook[incident.severity].emoji} ${shorten(oneLine(incident.title), 80)} (${shorten(about, 60)})`;
}

/** A topic has no way to call everybody; what is for all of them is at least not silent. */
export function writeAnnouncement(what: Announcement, config: NtfyConfig): NtfyContent {
  const [link, ...others] = what.links;
  const priority = priorityOf(config) ?? 3;
  return {
    title: shorten(oneLine(what.title), 200),
    message: [
      shorten(withoutControls(what.text), 1_500),
      ...what.facts.map(([label, value]) => `${label}: ${shorten(oneLine(value), 200)}`),
      ...others.map(({ title, url }) => `${oneLine(title)}: ${url}`),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    priority: what.mentionAll ? Math.max(priority, 4) : priority,
    tags: [...toneTags[what.tone], ...tagsOf(config)],
    ...(link !== undefined && { click: link.url }),
  };
}
