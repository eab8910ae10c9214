import type { useTranslation } from 'react-i18next';
import { severities } from '../../../src/domain/vocabulary.ts';

/** `SEV1 (Critical)`; null for what is no severity. */
export function severityText(value: unknown, t: ReturnType<typeof useTranslation>['t']): string | null {
  const severity = severities.find((known) => known === value);
  return severity === undefined ? null : `${severity.slice(0, 4)} (${t(`severity.${severity}`)})`;
}
