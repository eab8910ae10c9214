import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Figures } from '../../../../src/api/wire.ts';
import { useFormats } from '../../parts/formats.ts';
import { Ago } from '../../parts/times.tsx';
import { Figure } from './figure.tsx';
import classes from './home.module.css';

/** An alert that waits longer than this reaches nobody in time. Seconds. */
const outboxTooOld = 30;

/** The system about itself. */
export function Health({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const health = data?.health;
  const oldest = health?.outbox.oldest_seconds ?? null;
  const stateOf = (isGood: boolean): 'good' | 'bad' => (isGood ? 'good' : 'bad');
  return (
    <section className={`card ${classes['health']}`} aria-labelledby="health-title">
      <div className="card-head">
        <h2 id="health-title">{t('home.health.title')}</h2>
      </div>
      {health !== undefined && (
        <dl className={classes['figures']}>
          <Figure
            name="Temporal"
            definition={t('home.health.temporalDefinition')}
            value={t(health.temporal ? 'home.health.answers' : 'home.health.silent')}
            state={stateOf(health.temporal)}
          />
          <Figure
            name="Postgres"
            definition={t('home.health.postgresDefinition')}
            value={`${formats.number(health.postgres_ms)} ms`}
            state="good"
          />
          <Figure
            name={t('home.health.outbox')}
            definition={t('home.health.outboxDefinition')}
            value={oldest === null ? t('home.health.empty') : formats.duration(oldest)}
            more={t('home.health.waiting', { count: health.outbox.waiting })}
            state={stateOf(oldest === null || oldest < outboxTooOld)}
          />
          <Figure
            name={t('home.health.lag')}
            definition={t('home.health.lagDefinition')}
            value={health.intake_lag_seconds === null ? '–' : `${formats.number(health.intake_lag_seconds)} s`}
          />
          <Figure
            name={t('home.health.overdue')}
            definition={t('home.health.overdueDefinition')}
            value={formats.number(health.overdue)}
            state={stateOf(health.overdue === 0)}
          />
          <Figure
            name={t('home.health.lastAlert')}
            definition={t('home.health.lastAlertDefinition')}
            value={health.last_alert_at === null ? '–' : <Ago at={health.last_alert_at} />}
          />
        </dl>
      )}
    </section>
  );
}
