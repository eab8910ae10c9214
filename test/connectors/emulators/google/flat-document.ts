/**
 * A document as Google counts it: a unit of UTF-16 has an index, and so has the beginning of a table, of each row and of each cell. What is no
 * text is a character of the private use area, which Google strips from texts (docs.v1, InsertTextRequest).
 */
export const mark = { sectionBreak: '\uE000', table: '\uE001', row: '\uE002', cell: '\uE003', tableEnd: '\uE004' } as const;
const isMark = (unit: string | undefined): boolean => unit !== undefined && unit >= '\uE000' && unit <= '\uE004';

export interface NamedRange {
  readonly id: string;
  readonly name: string;
  readonly segmentId: string;
  start: number;
  end: number;
}

export interface FlatDocument {
  /** By id; the body's is empty. */
  readonly segments: Record<string, string>;
  ranges: NamedRange[];
  revision: number;
}

/** Said with 400. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
}

type Block = string | { readonly table: readonly (readonly string[])[] };

export function documentOf(blocks: readonly Block[], headers: Readonly<Record<string, string>> = {}): FlatDocument {
  const body = blocks.map((block) => (typeof block === 'string' ? `${block}\n` : tableOf(block.table))).join('');
  const segments = {
    '': `${mark.sectionBreak}${body}`,
    ...Object.fromEntries(Object.entries(headers).map(([id, text]) => [id, `${text}\n`])),
  };
  return { segments, ranges: [], revision: 1 };
}

const tableOf = (rows: readonly (readonly string[])[]): string =>
  `${mark.table}${rows.map((cells) => `${mark.row}${cells.map((cell) => `${mark.cell}${cell}\n`).join('')}`).join('')}${mark.tableEnd}`;

export const cloneOf = ({ segments, ranges, revision }: FlatDocument): FlatDocument => ({
  segments: { ...segments },
  ranges: ranges.map((range) => ({ ...range })),
  revision,
});

function segmentOf({ segments }: FlatDocument, segmentId: string): string {
  const text = segments[segmentId];
  if (text === undefined) throw new InvalidRequest(`Segment with ID ${segmentId} was not found.`);
  return text;
}

/** "Text must be inserted inside the bounds of an existing Paragraph." What stands inside a named range expands it. */
export function insertText(document: FlatDocument, index: number, given: string, segmentId = ''): void {
  const text = segmentOf(document, segmentId);
  const added = given.replaceAll(/(?![\t\n\v])\p{Cc}|[\uE000-\uF8FF]/gu, '');
  if (added === '') throw new InvalidRequest('Text must not be empty.');
  if (index >= text.length)
    throw new InvalidRequest(`Index ${index} must be less than the end index of the referenced segment, ${text.length}.`);
  if (index < 0 || isMark(text[index])) throw new InvalidRequest('The insertion index must be inside the bounds of an existing paragraph.');
  if (isHalf(text, index)) throw new InvalidRequest('The insertion index cannot be within a grapheme cluster.');
  document.segments[segmentId] = text.slice(0, index) + added + text.slice(index);
  for (const range of document.ranges.filter((one) => one.segmentId === segmentId)) {
    if (range.start >= index) range.start += added.length;
    if (range.end > index) range.end += added.length;
  }
}

export function deleteContent(document: FlatDocument, start: number, end: number, segmentId = ''): void {
  const text = segmentOf(document, segmentId);
  if (start >= end) throw new InvalidRequest('The range should not be empty.');
  if (end > text.length)
    throw new InvalidRequest(`Index ${end - 1} must be less than the end index of the referenced segment, ${text.length}.`);
  if (end === text.length) throw new InvalidRequest('The range cannot include the newline character at the end of the segment.');
  const content = text.slice(start, end);
  if (/[\uE000-\uE004]/.test(content) || (isMark(text[end]) && content.endsWith('\n')))
    throw new InvalidRequest('Invalid deletion range. Cannot delete the requested range.');
  if (isHalf(text, start) || isHalf(text, end)) throw new InvalidRequest('Cannot delete one code unit of a surrogate pair.');
  document.segments[segmentId] = text.slice(0, start) + text.slice(end);
  const moved = (index: number): number => (index <= start ? index : index >= end ? index - (end - start) : start);
  for (const range of document.ranges.filter((one) => one.segmentId === segmentId))
    [range.start, range.end] = [moved(range.start), moved(range.end)];
  // A range does not outlive its content (developers.google.com/workspace/docs/api/how-tos/named-ranges: it is made again after its content was replaced).
  document.ranges = document.ranges.filter((range) => range.start < range.end);
}

/** In all segments; the count of what was replaced. */
export function replaceAll(document: FlatDocument, { find, by, matchCase }: { find: string; by: string; matchCase: boolean }): number {
  if (find === '') throw new InvalidRequest('The text to find must not be empty.');
  let count = 0;
  for (const segmentId of Object.keys(document.segments)) {
    for (let from = 0; ;) {
      const text = segmentOf(document, segmentId);
      const at = matchCase ? text.indexOf(find, from) : text.toLowerCase().indexOf(find.toLowerCase(), from);
      if (at === -1) break;
      count += 1;
      if (by !== '') insertText(document, at + find.length, by, segmentId);
      const added = segmentOf(document, segmentId).length - text.length;
      deleteContent(document, at, at + find.length, segmentId);
      from = at + added;
    }
  }
  return count;
}

export function createRange(document: FlatDocument, { id, name, start, end, segmentId }: NamedRange): void {
  const text = segmentOf(document, segmentId);
  if (name.length < 1 || name.length > 256)
    throw new InvalidRequest('The name must be at least 1 character and no more than 256 characters.');
  if (start < 0 || start >= end) throw new InvalidRequest('The range should not be empty.');
  if (end > text.length)
    throw new InvalidRequest(`Index ${end - 1} must be less than the end index of the referenced segment, ${text.length}.`);
  document.ranges.push({ id, name, start, end, segmentId });
}

export function deleteRange(document: FlatDocument, id: string): void {
  if (!document.ranges.some((range) => range.id === id)) throw new InvalidRequest(`Named range with ID ${id} was not found.`);
  document.ranges = document.ranges.filter((range) => range.id !== id);
}

const isHalf = (text: string, index: number): boolean =>
  /[\uD800-\uDBFF]/.test(text[index - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[index] ?? '');
