import type { Severity } from '../../domain/vocabulary.ts';
import { ownSeverity } from '../inbound/severity-words.ts';

const words: Readonly<Record<Severity, readonly string[]>> = {
  SEV1_CRITICAL: ['critical', 'fatal', 'emergency', 'disaster', 'p1', 'sev1', 'sev-1', '1'],
  SEV2_HIGH: ['high', 'error', 'major', 'warning', 'warn', 'p2', 'sev2', 'sev-2', '2'],
  SEV3_MEDIUM: ['medium', 'moderate', 'average', 'minor', 'info', 'informational', 'p3', 'sev3', 'sev-3', '3'],
  SEV4_LOW: ['low', 'debug', 'p4', 'p5', 'sev4', 'sev-4', 'sev5', '4', '5'],
};

const byWord = new Map(Object.entries(words).flatMap(([severity, list]) => list.map((word) => [word, severity as Severity])));

/** Null for a word that means nothing here. `warning` and `info` mean what they mean from Alertmanager. */
export function severityOfWord(value: string | null | undefined): Severity | null {
  return ownSeverity(value) ?? byWord.get(value?.trim().toLowerCase() ?? '') ?? null;
}
