import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentAlerts } from '../../api/incidents.ts';
import type { Alert, Incident } from '../../../../src/api/wire.ts';
import { AlertLinks, Labels } from '../../parts/alert-parts.tsx';
import { Clamped } from '../../parts/clamped.tsx';
import { Failure } from '../../parts/failure.tsx';
import { SeverityMark } from '../../parts/severity.tsx';
import { useSourceTitle } from '../../parts/source-title.ts';
import { Ago } from '../../parts/times.tsx';
import classes from './alerts-card.module.css';

const shownFirst = 3;

export function AlertsCard({ id, incident }: { readonly id: string; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const alerts = useQuery({ ...incidentAlerts(id, incident.id), enabled: incident.alerts.total > 0 });
  if (incident.alerts.total === 0) return null;
  const all = alerts.data?.results.toSorted(firingFirst) ?? [];
  const shared = incident.group?.shared_labels ?? {};
  const shown = showsAll ? all : all.slice(0, shownFirst);
  return (
    <section className={`card ${classes['card']}`} aria-labelledby="alerts-title">
      <div className="card-head">
        <h2 id="alerts-title">{t('alerts.title')}</h2>
        <span className="dim">{t('alerts.counts', { firing: incident.alerts.firing, total: incident.alerts.total })}</span>
      </div>
      {alerts.isPending && <Skeleton height={72} m="md" width="auto" />}
      {alerts.isError && <Failure error={alerts.error} onAgain={() => void alerts.refetch()} />}
      {incident.group !== null && (
        <div className={classes['shared']}>
          <p className="dim">{t('alerts.shared')}</p>
          <Labels labels={incident.group.shared_labels} />
        </div>
      )}
      <ul className={classes['alerts']}>
        {shown.map((alert) => (
          <AlertItem key={alert.id} alert={alert} shared={shared} />
        ))}
      </ul>
      {all.length > shown.length && (
        <Button variant="subtle" size="compact-sm" mx="md" mb="sm" onClick={() => setShowsAll(true)}>
          {t('alerts.all', { count: incident.alerts.total })}
        </Button>
      )}
    </section>
  );
}

const firingFirst = (a: Alert, b: Alert): number =>
  a.status === b.status ? Date.parse(b.last_received_at) - Date.parse(a.last_received_at) : a.status === 'firing' ? -1 : 1;

interface AlertItemProps {
  readonly alert: Alert;
  /** Labels that are shown once for all. */
  readonly shared: Readonly<Record<string, string>>;
}

function AlertItem({ alert, shared }: AlertItemProps): ReactNode {
  const { t } = useTranslation();
  const titleOf = useSourceTitle();
  const own = Object.fromEntries(Object.entries(alert.labels).filter(([label, value]) => shared[label] !== value));
  return (
    <li className={classes['alert']}>
      <div className={classes['line']}>
        <SeverityMark severity={alert.severity} />
        <div className={classes['summary']}>
          <Clamped>{alert.summary || alert.name}</Clamped>
        </div>
        <span className={classes['status']} data-status={alert.status}>
          {t(`alerts.status.${alert.status}`)}
        </span>
      </div>
      <div className={classes['about']}>
        <span>{titleOf(alert.source)}</span>
        <span>
          {t('alerts.since')} <Ago at={alert.starts_at} />
        </span>
        {alert.delivery_count > 1 && <span>{t('alerts.times', { count: alert.delivery_count })}</span>}
        <AlertLinks alert={alert} />
      </div>
      <Labels labels={own} />
    </li>
  );
}
