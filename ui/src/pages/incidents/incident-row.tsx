import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Incident } from '../../../../src/api/wire.ts';
import { Person } from '../../parts/person.tsx';
import { FiringMark, SeverityMark, StatusMark } from '../../parts/severity.tsx';
import { Countdown, Elapsed } from '../../parts/times.tsx';
import { leaveFor } from './came-back.ts';
import { useIncidentTitle } from '../../parts/use-incident-title.ts';
import classes from './incidents.module.css';

interface IncidentRowProps {
  readonly incident: Incident;
  readonly isSelected: boolean;
  /** Where rows can be ticked, to be acknowledged together. */
  readonly tick?: { readonly isTicked: boolean; readonly onTick: (id: string) => void };
}

export const IncidentRow = memo(function IncidentRow({ incident, isSelected, tick }: IncidentRowProps): ReactNode {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  return (
    <li className={classes['item']} data-selected={isSelected || undefined} data-ticks={tick !== undefined || undefined}>
      {tick !== undefined && (
        <label className={classes['tick']}>
          <input
            type="checkbox"
            disabled={incident.status !== 'TRIGGERED'}
            checked={tick.isTicked}
            onChange={() => tick.onTick(incident.id)}
            aria-label={t('incidents.select', { id: incident.short_id })}
          />
        </label>
      )}
      <Link
        href={`/dashboard/incidents/${incident.short_id}/`}
        id={`row-${incident.short_id}`}
        className={classes['row'] ?? ''}
        data-status={incident.status}
        onClick={() => leaveFor(incident.short_id)}
      >
        <span className={classes['severity']}>
          <SeverityMark severity={incident.severity} />
        </span>
        <span className={classes['what']}>
          <span className={classes['name']}>{titleOf(incident)}</span>
          <span className={classes['where']}>
            <span className="mono">{incident.short_id}</span>
            <span aria-hidden>·</span>
            <span>{incident.service.name}</span>
            {incident.group === null && incident.alerts.total > 1 && (
              <>
                <span aria-hidden>·</span>
                <span>{t('incidents.alerts', { count: incident.alerts.total })}</span>
              </>
            )}
            <FiringMark incident={incident} />
          </span>
        </span>
        <span className={classes['state']}>
          <StatusMark status={incident.status} />
        </span>
        <span className={classes['who']}>
          {incident.assignee === null ? <span className="dim">{t('incidents.unassigned')}</span> : <Person name={incident.assignee.name} />}
        </span>
        <span className={classes['next']}>
          {incident.status !== 'RESOLVED' && incident.next_due_at !== null && (
            <>
              <span className="dim">{t('incidents.nextIn')} </span>
              <Countdown at={incident.next_due_at} />
            </>
          )}
        </span>
        <span className={classes['age']}>
          <span className="sr-only">{t('incidents.since')} </span>
          <Elapsed from={incident.created_at} to={incident.resolved_at} />
        </span>
      </Link>
    </li>
  );
});
