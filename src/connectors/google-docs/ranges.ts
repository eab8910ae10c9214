import { createHash } from 'node:crypto';
import type { docs_v1 } from '@googleapis/docs';
import type { Segment } from './segments.ts';
import { placeholders, type Placeholder } from './section-texts.ts';

/**
 * Each place that the system keeps up to date is a named range, and its name tells what the system wrote there last. What is found there and
 * is anything else was changed by people, and is theirs from then on. A range that they deleted is gone: none is ever made again.
 */
export interface KeptRange {
  readonly namedRangeId: string;
  readonly section: Placeholder;
  readonly segmentId: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly text: string;
  /** Nobody but the system has written in it. */
  readonly isOurs: boolean;
}

/** White space aside, of which Google may make its own. */
export const isSameText = (a: string, b: string): boolean => gistOf(a) === gistOf(b);
const gistOf = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();

/** Enough to tell apart what a person wrote from what was there before. */
const hashOf = (text: string): string => createHash('sha256').update(gistOf(text)).digest('hex').slice(0, 12);

export const rangeName = (section: Placeholder, text: string): string => `imas.${section}.${hashOf(text)}`;

const namePattern = /^imas\.([A-Z_]+)\.([0-9a-f]{12})$/;

export function keptRanges({ namedRanges }: docs_v1.Schema$Document, segments: readonly Segment[]): readonly KeptRange[] {
  return Object.values(namedRanges ?? {}).flatMap(({ namedRanges: some }) =>
    (some ?? []).flatMap((range) => {
      const kept = keptRange(range, segments);
      return kept === null ? [] : [kept];
    }),
  );
}

function keptRange({ name, namedRangeId, ranges = [] }: docs_v1.Schema$NamedRange, segments: readonly Segment[]): KeptRange | null {
  const [, named, hash] = namePattern.exec(name ?? '') ?? [];
  const section = placeholders.find((known) => known === named);
  const [range] = ranges;
  if (section === undefined || namedRangeId == null || range === undefined) return null;
  const segmentId = range.segmentId || null;
  const [startIndex, endIndex] = [range.startIndex ?? 0, range.endIndex ?? 0];
  const text = segments.find(({ id }) => id === segmentId)?.text.slice(startIndex, endIndex) ?? '';
  // Something that people put in the middle may have split it.
  return { namedRangeId, section, segmentId, startIndex, endIndex, text, isOurs: ranges.length === 1 && hashOf(text) === hash };
}

export function createRange(section: Placeholder, text: string, startIndex: number, segmentId: string | null): docs_v1.Schema$Request {
  const range = { startIndex, endIndex: startIndex + text.length, ...(segmentId !== null && { segmentId }) };
  return { createNamedRange: { name: rangeName(section, text), range } };
}
