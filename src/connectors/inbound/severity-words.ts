import type { Severity } from '../../domain/vocabulary.ts';

const words: Readonly<Record<Severity, readonly string[]>> = {
  SEV1_CRITICAL: ['critical', 'crit', 'fatal', 'emergency', 'emerg', 'disaster', 'page', 'p1', 'sev1', 'sev-1', '1'],
  SEV2_HIGH: ['high', 'error', 'err', 'major', 'warning', 'warn', 'p2', 'sev2', 'sev-2', '2'],
  SEV3_MEDIUM: ['medium', 'moderate', 'average', 'minor', 'info', 'information', 'informational', 'p3', 'sev3', 'sev-3', '3'],
  SEV4_LOW: ['low', 'debug', 'ticket', 'p4', 'p5', 'sev4', 'sev-4', 'sev5', 'sev-5', '4', '5'],
};

const byWord = new Map(
  Object.entries(words).flatMap(([severity, list]) =>
    [severity.toLowerCase(), ...list].map((word) => [word, severity as Severity] as const),
  ),
);

/** What says that there is none. */
const noWords: ReadonlySet<string> = new Set(['', 'none', 'unknown', 'null', 'undefined']);

/** Null for a word that means nothing here, and for none: `SEV1_CRITICAL`, `critical`, `P1`, in any case. */
export function severityOfWord(value: string | null | undefined): Severity | null {
  return byWord.get(wordOf(value)) ?? null;
}

export interface ReadSeverity {
  readonly severity: Severity;
  /** The word that was given and means nothing here; absent else. */
  readonly unknown?: string;
}

/** The first word that means something. Else `fallback`, and what was given is told to people. */
export function readSeverity(fallback: Severity, ...given: readonly (string | null | undefined)[]): ReadSeverity {
  for (const value of given) {
    const severity = severityOfWord(value);
    if (severity !== null) return { severity };
  }
  const unknown = given.find((value) => !noWords.has(wordOf(value)));
  return unknown == null ? { severity: fallback } : { severity: fallback, unknown: unknown.trim().slice(0, longestWord).toWellFormed() };
}

const longestWord = 60;

/** Nothing longer is one: it is not looked at. */
const wordOf = (value: string | null | undefined): string => (value ?? '').slice(0, 1_000).trim().toLowerCase();

/** A label beside the others, so that people see that the severity is a guess, and rules find it. */
export const unknownSeverityLabel = 'unknown severity';
