import { mark, type FlatDocument } from './flat-document.ts';

/** A document as `documents.get` answers it: indexes of zero are left out, as everywhere in Google's JSON. */
export function documentJson(id: string, title: string, { segments, ranges, revision }: FlatDocument): object {
  const named = Map.groupBy(ranges, ({ name }) => name);
  const headers = Object.entries(segments).filter(([segmentId]) => segmentId !== '');
  return {
    documentId: id,
    title,
    revisionId: revisionId(revision),
    suggestionsViewMode: 'SUGGESTIONS_INLINE',
    body: { content: contentOf(segments[''] ?? '') },
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([headerId, text]) => [headerId, { headerId, content: contentOf(text) }])),
    }),
    ...(named.size > 0 && {
      namedRanges: Object.fromEntries(
        [...named].map(([name, some]) => [
          name,
          {
            name,
            namedRanges: some.map(({ id: namedRangeId, start, end, segmentId }) => ({
              name,
              namedRangeId,
              ranges: [{ ...at(start, end), ...(segmentId !== '' && { segmentId }) }],
            })),
          },
        ]),
      ),
    }),
  };
}

export const revisionId = (revision: number): string => `ALm37BU${revision}`;

const at = (startIndex: number, endIndex: number) => ({ ...(startIndex > 0 && { startIndex }), endIndex });

function contentOf(text: string): object[] {
  const content: object[] = [];
  let index = 0;
  const until = (ends: (unit: string) => boolean): object[] => {
    const found: object[] = [];
    while (index < text.length && !ends(text[index] as string)) found.push(next());
    return found;
  };
  const next = (): object => {
    const start = index;
    if (text[index] === mark.sectionBreak) return { ...at(start, ++index), sectionBreak: {} };
    return text[index] === mark.table ? table(start) : paragraph(start);
  };
  const paragraph = (start: number): object => {
    index = text.indexOf('\n', start) + 1;
    return { ...at(start, index), paragraph: { elements: runsOf(text, start, index) } };
  };
  const table = (start: number): object => {
    index += 1;
    const tableRows: object[] = [];
    while (text[index] === mark.row) {
      const row = index++;
      const tableCells: object[] = [];
      while (text[index] === mark.cell) {
        const cell = index++;
        tableCells.push({
          content: until((unit) => unit === mark.cell || unit === mark.row || unit === mark.tableEnd),
          ...at(cell, index),
        });
      }
      tableRows.push({ tableCells, ...at(row, index) });
    }
    index += 1;
    return { ...at(start, index), table: { tableRows } };
  };
  content.push(...until(() => false));
  return content;
}

/** In two runs where a paragraph is long, as where the look of a text changes in the middle: a text may go over several. */
function runsOf(text: string, start: number, end: number): object[] {
  const middle = end - start > 8 ? start + Math.floor((end - start) / 2) : end;
  const cuts =
    middle < end && /[\uDC00-\uDFFF]/.test(text[middle] ?? '')
      ? [[start, end]]
      : [[start, middle], ...(middle < end ? [[middle, end]] : [])];
  return cuts.map(([from = 0, to = 0]) => ({ ...at(from, to), textRun: { content: text.slice(from, to), textStyle: {} } }));
}

/** What a person reads: a line each for paragraphs and for the rows of a table. */
export const readText = ({ segments }: FlatDocument, segmentId = ''): string =>
  (segments[segmentId] ?? '').replaceAll(`\n${mark.cell}`, ' | ').replaceAll(/[\uE000-\uE004]/g, '');
