import type { Said, SaidValue } from '../../src/domain/said.ts';
import en from '../../src/texts/en.json' with { type: 'json' };
import fr from '../../src/texts/fr.json' with { type: 'json' };

export { en, fr };

/** `told.outcome.sent`, for every text. */
export function keysOf(texts: object, path = ''): string[] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? keysOf(value, `${path}${name}.`) : [`${path}${name}`],
  );
}

export const textAt = (texts: object, key: string): string | undefined =>
  key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], texts) as string | undefined;

/** The names of the values that a text says. */
export const valuesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].toSorted();

/** What is said, and all that is said in it. */
export function partsOf(said: Said): Said[] {
  const within = (value: SaidValue): Said[] => (typeof value !== 'object' ? [] : 'code' in value ? partsOf(value) : value.flatMap(partsOf));
  return [said, ...Object.values(said.values).flatMap(within)];
}

/** Codes without a text, and values that a text wants and does not get. */
export const lacking = (said: Said): string[] =>
  partsOf(said).flatMap(({ code, values }) => {
    const text = textAt(en, code) ?? textAt(en, `${code}_other`);
    return text === undefined ? [code] : valuesIn(text).flatMap((name) => (values[name] === undefined ? [`${code}: ${name}`] : []));
  });
