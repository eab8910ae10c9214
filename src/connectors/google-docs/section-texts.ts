import { anyReader } from '../../domain/reader.ts';
import { said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { DocumentEntry, DocumentFacts } from '../connector.ts';
import { oneLine, timeText } from '../notification-text.ts';

/** What a template may hold, as `{{STATUS}}`. */
export const placeholders = ['INCIDENT_ID', 'TITLE', 'SEVERITY', 'SERVICE', 'STATUS', 'TIMELINE', 'IMPACT_SCOPES'] as const;
export type Placeholder = (typeof placeholders)[number];

export type SectionTexts = Readonly<Record<Placeholder, string>>;

/** Everybody reads the same document: it is in the language, and on the clock, of those of whom nothing is known. */
const reader = anyReader;

/** None is empty, since Google knows no range without content. */
export function sectionTexts(facts: DocumentFacts): SectionTexts {
  const { incident, impactScopes } = facts;
  return {
    INCIDENT_ID: clean(incident.shortId),
    TITLE: clean(oneLine(incident.title)),
    SEVERITY: clean(words(said(`entry.severity.${incident.severity}`), reader.language)),
    SERVICE: clean(oneLine(incident.service.name)),
    STATUS: clean(words(said(`status.${incident.status}`), reader.language)),
    TIMELINE: clean(timelineText(facts)),
    IMPACT_SCOPES: clean(
      impactScopes.length === 0 ? words(said('report.noScopes'), reader.language) : impactScopes.map(oneLine).join(', '),
    ),
  };
}

/** A paragraph an entry. */
function timelineText({ timeline, earlierEntries }: DocumentFacts): string {
  if (timeline.length === 0) return words(said('report.nothingYet'), reader.language);
  const earlier = earlierEntries === 0 ? [] : [words(said('report.earlier', { count: earlierEntries }), reader.language)];
  return [...earlier, ...timeline.map((entry) => `${timeText(entry.timestamp, reader)} · ${entryText(entry)}`)].join('\n');
}

/** A line that ends inside a comment is a soft break: a paragraph is an entry, also where the timeline is a list. */
const entryText = ({ said: what, comment }: DocumentEntry): string =>
  comment === null
    ? oneLine(words(what, reader.language))
    : `${oneLine(comment.author)}: ${comment.text.trim().replaceAll(/\r\n|[\r\n]/g, '\v')}`;

/**
 * What Google keeps as it is: it strips control characters and the private use area (docs.v1, InsertTextRequest), and lengths must be known. A text
 * from outside that looks like a placeholder must not be taken for one.
 */
function clean(text: string): string {
  const kept = text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\v\t]|\p{Co}/gu, '')
    .replaceAll('{{', '{ {');
  return kept.trim() === '' ? '–' : kept;
}
