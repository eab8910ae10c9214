import type { docs_v1 } from '@googleapis/docs';

/** The body, or a header, footer or footnote: each counts its own indexes. */
export interface Segment {
  /** Null for the body. */
  readonly id: string | null;
  /** The unit at each index, in UTF-16: `text.slice(startIndex, endIndex)` is what a range holds. What is no text is `￼`. */
  readonly text: string;
}

const noText = '\uFFFC';

/** Of a document as `documents.get` answers it. Text in further tabs is not in it. */
export function segmentsOf({ body, headers, footers, footnotes }: docs_v1.Schema$Document): readonly Segment[] {
  const others = [headers, footers, footnotes].flatMap((some) => Object.entries(some ?? {}));
  return [{ id: null, text: textOf(body?.content ?? []) }, ...others.map(([id, { content }]) => ({ id, text: textOf(content ?? []) }))];
}

function textOf(content: readonly docs_v1.Schema$StructuralElement[]): string {
  let text = '';
  for (const { startIndex, content: run } of runsIn(content)) {
    text = text.padEnd(startIndex, noText);
    text += run;
  }
  return text;
}

interface Run {
  readonly startIndex: number;
  readonly content: string;
}

function runsIn(content: readonly docs_v1.Schema$StructuralElement[]): readonly Run[] {
  return content.flatMap(({ paragraph, table, tableOfContents }) => [
    ...(paragraph?.elements ?? []).flatMap(({ startIndex, textRun }) =>
      textRun?.content == null ? [] : [{ startIndex: startIndex ?? 0, content: textRun.content }],
    ),
    ...(table?.tableRows ?? []).flatMap(({ tableCells }) => (tableCells ?? []).flatMap((cell) => runsIn(cell.content ?? []))),
    ...runsIn(tableOfContents?.content ?? []),
  ]);
}
