import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Incident } from '../../../../src/api/wire.ts';
import { Clamped } from '../../parts/clamped.tsx';
import { Person } from '../../parts/person.tsx';
import { FiringMark, SeverityMark, StatusMark } from '../../parts/severity.tsx';
import { Clock, Elapsed, useAtOrOn } from '../../parts/times.tsx';
import { leftFor, listPath } from '../incidents/came-back.ts';
import { useIncidentTitle } from '../../parts/use-incident-title.ts';
import classes from './incident.module.css';

/** What is wrong, how bad, since when, and who has it. */
export function Head({ incident }: { readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  const atOrOn = useAtOrOn(incident.created_at);
  return (
    <header className={classes['head']}>
      <div className={classes['marks']}>
        <Link href={listPath()} state={leftFor(incident.short_id)} className={classes['back'] ?? ''}>
          {t('incidents.title')}
        </Link>
        <span aria-hidden className="dim">
          /
        </span>
        <span className="mono">{incident.short_id}</span>
      </div>
      <h1 className={classes['title']} aria-label={titleOf(incident)}>
        <Clamped>{titleOf(incident)}</Clamped>
      </h1>
      <div className={classes['state']} aria-live="polite">
        <SeverityMark severity={incident.severity} long />
        <StatusMark status={incident.status} />
        <FiringMark incident={incident} />
        <span className={classes['fact']}>
          <strong>{incident.service.name}</strong>
        </span>
        <span className={classes['fact']}>
          <span aria-live="off">
            {incident.status === 'RESOLVED' ? t('incident.lasted') : t('incident.for')}{' '}
            <strong>
              <Elapsed from={incident.created_at} to={incident.resolved_at} />
            </strong>
            , {t(`incident.since.${atOrOn}`)} <Clock at={incident.created_at} />
          </span>
        </span>
        <span className={classes['fact']}>
          {incident.assignee === null ? (
            <strong className={classes['nobody']}>{t('incident.unassigned')}</strong>
          ) : (
            <Person name={incident.assignee.name} />
          )}
        </span>
      </div>
      {incident.description !== '' && (
        <div className={classes['description']}>
          <Clamped>{incident.description}</Clamped>
        </div>
      )}
    </header>
  );
}
