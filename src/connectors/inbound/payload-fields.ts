import { z } from 'zod';
import type { PayloadProblem } from '../../domain/alert-event.ts';
import { shorten } from '../../domain/shorten.ts';
import { textLimits } from './bounded-text.ts';
import { readInstant } from './instant.ts';
import { fieldPath } from '../../domain/field-path.ts';

export const labelLimits = { count: 200, valueLength: 8_192 } as const;

export type TextMap = Record<string, string>;

/**
 * Inherits nothing: a label may be called `constructor` or `__proto__`, and one that is absent must read as absent. Made by a
 * constructor, since V8 gives `Object.create(null)` a hash table at once, which costs a storm of alerts half of its time.
 */
export const emptyTextMap = (): TextMap => new NoInheritance();
const NoInheritance = function () {} as unknown as new () => TextMap;
NoInheritance.prototype = Object.create(null) as object;

/** Says what is wrong, and where below the value that is read. */
export type Refuse = (reason: string, ...path: readonly string[]) => void;

/** Label names and values. Numbers and booleans become text, null is left out; an absent set is empty. Too long is refused. */
export const readLabels = (given: unknown, refuse: Refuse): TextMap =>
  readTexts(given, refuse, (value, name) => {
    if (value.length > labelLimits.valueLength) refuse(`is longer than ${labelLimits.valueLength} characters`, name);
    return value;
  });

/** Like labels, but a long text is cut: annotations are prose. */
export const readAnnotations = (given: unknown, refuse: Refuse): TextMap =>
  readTexts(given, refuse, (value) => shorten(value, textLimits.annotation));

function readTexts(given: unknown, refuse: Refuse, bound: (value: string, name: string) => string): TextMap {
  const map = emptyTextMap();
  // PHP writes an empty map as an empty list.
  if (given === undefined || given === null || (Array.isArray(given) && given.length === 0)) return map;
  if (typeof given !== 'object' || Array.isArray(given)) {
    refuse('must be an object of texts');
    return map;
  }
  const names = Object.keys(given);
  if (names.length > labelLimits.count) {
    refuse(`has more than ${labelLimits.count} entries`);
    return map;
  }
  for (const name of names) {
    const value = (given as Record<string, string | number | boolean | object | null>)[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') refuse('must be a text', name);
    else map[name] = bound(String(value), name);
  }
  return map;
}

export const labelSet = z
  .unknown()
  .optional()
  .transform((given, context) => readLabels(given, (message, ...path) => context.addIssue({ code: 'custom', message, path: [...path] })));

export const annotationSet = z
  .unknown()
  .optional()
  .transform((given, context) =>
    readAnnotations(given, (message, ...path) => context.addIssue({ code: 'custom', message, path: [...path] })),
  );

/** RFC 3339 in UTC, or null. */
export const instant = z
  .unknown()
  .optional()
  .transform((given, context): string | null => {
    const read = readInstant(given);
    if (read.ok) return read.at;
    context.addIssue({ code: 'custom', message: read.reason });
    return null;
  });

/** A text, or a number or boolean as text; null where there is none. */
export const optionalText = z
  .union([z.string(), z.number(), z.boolean()], { error: 'must be a text' })
  .nullish()
  .transform((value) => (value === null || value === undefined ? null : String(value)));

/** What is no http(s) address, or is too long for one, is null: a link is never worth an alert, nor may it be a script. */
export const optionalLink = z
  .unknown()
  .optional()
  .transform((value) => httpLink(value));

export function httpLink(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > textLimits.url || !/^https?:\/\//i.test(value)) return null;
  return URL.canParse(value) ? value : null;
}

/** The first thing that zod did not understand. `inside` is where the value lay in the body. */
export function refusal(error: z.ZodError, inside: readonly PropertyKey[] = []): { readonly ok: false; readonly problem: PayloadProblem } {
  const issue = error.issues[0];
  return { ok: false, problem: { field: fieldPath([...inside, ...(issue?.path ?? [])]), reason: issue?.message ?? 'was not understood' } };
}
