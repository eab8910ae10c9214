import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { severities } from '../../../src/domain/vocabulary.ts';
import type { IncidentStatus, Severity } from '../api/shapes.ts';
import classes from './severity.module.css';

/** `SEV1 (Critical)`; null for what is no severity. */
export function severityText(value: unknown, t: ReturnType<typeof useTranslation>['t']): string | null {
  const severity = severities.find((known) => known === value);
  return severity === undefined ? null : `${severity.slice(0, 4)} (${t(`severity.${severity}`)})`;
}

/** `SEV1`, in its colour. */
export function SeverityMark({ severity, long = false }: { readonly severity: Severity; readonly long?: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className={classes['mark']} data-severity={severity} title={t(`severity.${severity}`)}>
      {severity.slice(0, 4)}
      {long && <span className={classes['word']}>{t(`severity.${severity}`)}</span>}
    </span>
  );
}

export function StatusMark({ status }: { readonly status: IncidentStatus }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className={classes['status']} data-status={status}>
      <span className={classes['dot']} aria-hidden />
      {t(`status.${status}`)}
    </span>
  );
}
