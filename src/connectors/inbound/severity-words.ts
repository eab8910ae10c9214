import { severities, type Severity } from '../../domain/vocabulary.ts';

/** Alertmanager's and Grafana's label `severity`; none and unknown is SEV3. Our own four names are understood too. */
export function severityOfLabel(value: string | undefined): Severity {
  const word = value?.trim().toLowerCase();
  if (word === 'critical') return 'SEV1_CRITICAL';
  if (word === 'warning') return 'SEV2_HIGH';
  return ownSeverity(value) ?? 'SEV3_MEDIUM';
}

/** `SEV1_CRITICAL` and so on, in any case. */
export function ownSeverity(value: string | null | undefined): Severity | null {
  const word = value?.trim().toUpperCase();
  return severities.find((severity) => severity === word) ?? null;
}
