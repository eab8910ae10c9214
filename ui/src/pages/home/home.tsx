import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { severities } from '../../../../src/domain/vocabulary.ts';
import type { Figures } from '../../../../src/api/wire.ts';
import { figures } from '../../api/home.ts';
import { openIncidents } from '../../api/incidents.ts';
import { Failure } from '../../parts/failure.tsx';
import { useFormats } from '../../parts/formats.ts';
import { OwnDuty } from '../../parts/own-duty.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { SeverityMark } from '../../parts/severity.tsx';
import { Ago } from '../../parts/times.tsx';
import { UnacknowledgedLink } from '../../parts/unacknowledged-link.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { FirstAlert } from '../incidents/first-alert.tsx';
import { IncidentRow } from '../incidents/incident-row.tsx';
import listClasses from '../incidents/incidents.module.css';
import { Deliveries } from './deliveries.tsx';
import { Figure } from './figure.tsx';
import { Warnings } from './warnings.tsx';
import { Health } from './health.tsx';
import { HourChart } from './hour-chart.tsx';
import { UndecidedSources } from './undecided-sources.tsx';
import classes from './home.module.css';

export default function Home(): ReactNode {
  const { t } = useTranslation();
  const read = useQuery(figures);
  usePageTitle(t('home.title'));
  if (read.isError && read.data === undefined) return <Failure error={read.error} onAgain={() => void read.refetch()} />;
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('home.title')}</h1>
      <UndecidedSources data={read.data} />
      <Warnings data={read.data} />
      <OwnDuty />
      <Severities data={read.data} />
      <MostUrgent />
      <section className={`card ${classes['chart']}`} aria-labelledby="hours-title">
        <div className="card-head">
          <h2 id="hours-title">{t('home.hours.title')}</h2>
          <span className="dim">{t('home.hours.definition')}</span>
        </div>
        <div className={classes['plot']}>
          {read.data === undefined ? <Skeleton height="100%" /> : <HourChart hours={read.data.incidents_by_hour} />}
        </div>
        <AlertCounts data={read.data} />
      </section>
      <Response data={read.data} />
      <Deliveries data={read.data} />
      <Health data={read.data} />
    </div>
  );
}

interface Part {
  readonly data: Figures | undefined;
}

function Severities({ data }: Part): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section className={classes['severities']} aria-label={t('home.open.title')}>
      {severities.map((severity) => (
        <Link
          key={severity}
          href={`/dashboard/incidents/?severity=${severity}`}
          className={`card ${classes['severity']}`}
          title={t('home.open.definition')}
        >
          <SeverityMark severity={severity} long />
          <span className={classes['number']} data-none={data?.open.by_severity[severity] === 0 || undefined}>
            {data === undefined ? '–' : formats.number(data.open.by_severity[severity])}
          </span>
          <span className="dim">{t('home.open.unit', { count: data?.open.by_severity[severity] ?? 0 })}</span>
        </Link>
      ))}
    </section>
  );
}

function MostUrgent(): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(openIncidents);
  return (
    <section className={`card ${classes['urgent']}`} aria-labelledby="urgent-title">
      <div className="card-head">
        <h2 id="urgent-title">{t('home.urgent.title')}</h2>
        <UnacknowledgedLink />
        <Link href="/dashboard/incidents/" className={classes['all'] ?? ''}>
          {t('home.urgent.all')}
        </Link>
      </div>
      {data === undefined && <RowSkeletons rows={3} height={52} />}
      {data?.count === 0 && (
        <div className={classes['calm']}>
          <p>{t('home.urgent.none')}</p>
          <FirstAlert />
        </div>
      )}
      <ol className={listClasses['rows']}>
        {data?.results.slice(0, 5).map((incident) => (
          <IncidentRow key={incident.id} incident={incident} isSelected={false} />
        ))}
      </ol>
    </section>
  );
}

function AlertCounts({ data }: Part): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const counts = data?.alerts_last_day;
  return (
    <dl className={classes['counts']}>
      {(['received', 'repeats', 'suppressed', 'rejected'] as const).map((name) => (
        <Figure
          key={name}
          name={t(`home.alerts.${name}`)}
          definition={t(`home.alerts.${name}Definition`)}
          value={counts === undefined ? '–' : formats.number(counts[name])}
        />
      ))}
    </dl>
  );
}

function Response({ data }: Part): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const days = data?.response.days ?? 30;
  const p90 = (seconds: number | null | undefined, count: number): { more?: string } =>
    seconds == null ? {} : { more: t('home.response.p90', { value: show(seconds), count }) };
  const show = (seconds: number | null | undefined): string => (seconds == null ? '–' : formats.duration(seconds));
  return (
    <section className={`card ${classes['response']}`} aria-labelledby="response-title">
      <div className="card-head">
        <h2 id="response-title">{t('home.response.title')}</h2>
        <span className="dim">{t('home.response.days', { count: days })}</span>
      </div>
      <dl className={classes['figures']}>
        {(['acknowledged', 'resolved'] as const).map((name) => (
          <Figure
            key={name}
            name={t(`home.response.${name}`)}
            definition={t(`home.response.${name}Definition`, { days })}
            value={show(data?.response[name].median_seconds)}
            {...p90(data?.response[name].p90_seconds, data?.response[name].count ?? 0)}
          />
        ))}
        <Figure
          name={t('home.open.oldest')}
          definition={t('home.open.oldestDefinition')}
          value={data?.open.oldest_at == null ? '–' : <Ago at={data.open.oldest_at} />}
          more={t('home.open.triggered', { count: data?.open.triggered ?? 0 })}
        />
      </dl>
    </section>
  );
}
