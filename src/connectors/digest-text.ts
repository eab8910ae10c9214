import { said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { Digest, DigestEntry } from './notification.ts';
import { headline, oneLine, severityText } from './notification-text.ts';

/** `SEV1 Critical · Redis is down, and 37 more incidents`; of what only informs, how it is: `Resolved · …`. */
export function digestHeadline({ entries, reader }: Digest): string {
  const [worst, ...others] = entries;
  if (worst === undefined) return words(said('digest.title', { count: 0 }), reader.language);
  const what = worst.purpose === 'page' ? severityText(worst.incident.severity, reader) : headline({ ...worst, reader });
  const title = oneLine(worst.incident.title);
  if (others.length === 0) return `${what} · ${title}`;
  return words(said('digest.subject', { what, title, count: others.length }), reader.language);
}

/** What asks for somebody, then what informs: each with its heading, and none that is empty. */
export function digestParts({ entries, reader }: Digest): readonly { readonly title: string; readonly entries: readonly DigestEntry[] }[] {
  const pages = entries.filter(({ purpose }) => purpose === 'page');
  const updates = entries.filter(({ purpose }) => purpose !== 'page');
  return [
    { title: words(said('digest.asks', { count: pages.length }), reader.language), entries: pages },
    { title: words(said('digest.tells', { count: updates.length }), reader.language), entries: updates },
  ].filter((part) => part.entries.length > 0);
}

/** `and 37 more`; null for none. */
export const digestMore = (count: number, { reader }: Digest): string | null =>
  count <= 0 ? null : words(said('digest.more', { count }), reader.language);
