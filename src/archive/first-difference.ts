import { isDeepStrictEqual } from 'node:util';

/**
 * The first thing in which two JSON values differ, in words; null when they are the same. Words are no decision: where one
 * has a text, as versions before wrote it, and the other a code with values, they are taken for the same.
 */
export function firstDifference(was: unknown, now: unknown, path = ''): string | null {
  if (isDeepStrictEqual(was, now) || (typeof was === 'string' && isSaid(now)) || (isSaid(was) && typeof now === 'string')) return null;
  if (!isObject(was) || !isObject(now)) return `${path.replace(/^\./, '') || 'value'} was ${brief(was)}, is ${brief(now)}`;
  for (const key of new Set([...Object.keys(was), ...Object.keys(now)])) {
    const difference = firstDifference(was[key], now[key], `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** By its shape alone: a history may hold codes that today's texts do not have. */
const isSaid = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 2 && typeof value['code'] === 'string' && isObject(value['values']);

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
