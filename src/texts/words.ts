import type { Said, SaidValue } from '../domain/said.ts';

/** i18next's `t`, as far as it is used here. */
export type Translate = (key: string, values: Readonly<Record<string, unknown>>) => string;

/** The words of what was said, in the language of `translate`; the parts that are said by a code come first. */
export function wordsOf({ code, values }: Said, translate: Translate): string {
  const read = (value: SaidValue): string | number =>
    typeof value !== 'object'
      ? value
      : 'code' in value
        ? wordsOf(value, translate)
        : value.map((part) => wordsOf(part, translate)).join('; ');
  return translate(code, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(value)])));
}
