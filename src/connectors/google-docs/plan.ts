import type { docs_v1 } from '@googleapis/docs';
import { createRange, isSameText, keptRanges } from './ranges.ts';
import { placeholders, type Placeholder, type SectionTexts } from './section-texts.ts';
import { segmentsOf, type Segment } from './segments.ts';

type Request = docs_v1.Schema$Request;

/**
 * Puts the texts in the place of the placeholders, and names the places. Google replaces a placeholder wherever it stands; where each text comes
 * to stand follows from where all of them stood. Nothing where no placeholder is left.
 */
export function planFilling(document: docs_v1.Schema$Document, texts: SectionTexts): readonly Request[] {
  const places = segmentsOf(document).flatMap((segment) => placesIn(segment, texts));
  const present = placeholders.filter((name) => places.some(({ section }) => section === name));
  return [
    ...present.map((name): Request => ({
      replaceAllText: { containsText: { text: markOf(name), matchCase: true }, replaceText: texts[name] },
    })),
    // An id never changes: nothing has to find its place again.
    ...places
      .filter(({ section }) => section !== 'INCIDENT_ID')
      .map(({ section, index, segmentId }) => createRange(section, texts[section], index, segmentId)),
  ];
}

const markOf = (name: Placeholder): string => `{{${name}}}`;
const anyMark = new RegExp(placeholders.map(markOf).join('|').replaceAll(/[{}]/g, '\\$&'), 'g');

/** Where the texts will stand, once those before them have replaced their placeholders. */
function placesIn({ id, text }: Segment, texts: SectionTexts) {
  let growth = 0;
  return [...text.matchAll(anyMark)].map((match) => {
    const section = match[0].slice(2, -2) as Placeholder;
    const index = match.index + growth;
    growth += texts[section].length - match[0].length;
    return { section, index, segmentId: id };
  });
}

export interface Update {
  readonly requests: readonly Request[];
  /** Sections in which people have written: they are left as they are. */
  readonly left: readonly Placeholder[];
}

/** Brings the places that nobody but the system has written in up to date; the last first, so that none of them moves another. */
export function planUpdate(document: docs_v1.Schema$Document, texts: SectionTexts): Update {
  const kept = keptRanges(document, segmentsOf(document));
  const stale = kept.filter(({ isOurs, section, text }) => isOurs && !isSameText(text, texts[section]));
  const requests = stale
    .toSorted((a, b) => b.startIndex - a.startIndex)
    .flatMap(({ section, namedRangeId, segmentId, startIndex, endIndex }): Request[] => {
      const segment = segmentId === null ? {} : { segmentId };
      const text = texts[section];
      return [
        // By its id while it is there for certain: Google drops a range with its content.
        { deleteNamedRange: { namedRangeId } },
        // Behind the old text, whose look it takes on.
        { insertText: { location: { index: endIndex, ...segment }, text } },
        { deleteContentRange: { range: { startIndex, endIndex, ...segment } } },
        createRange(section, text, startIndex, segmentId),
      ];
    });
  return { requests, left: [...new Set(kept.filter(({ isOurs }) => !isOurs).map(({ section }) => section))] };
}
