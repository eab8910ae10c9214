import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident, IncidentStatus, Severity } from '../../../src/api/wire.ts';
import classes from './severity.module.css';

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

/** Where an incident was resolved by somebody, and its alerts do not know. */
export function FiringMark({ incident }: { readonly incident: Pick<Incident, 'status' | 'alerts'> }): ReactNode {
  const { t } = useTranslation();
  if (incident.status !== 'RESOLVED' || incident.alerts.firing === 0) return null;
  return <span className={classes['firing']}>{t('incident.firing', { count: incident.alerts.firing })}</span>;
}
