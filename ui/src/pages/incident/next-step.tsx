import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentExplanation } from '../../api/incidents.ts';
import type { Explanation, Incident } from '../../../../src/api/wire.ts';
import { Clock, Countdown } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import classes from './incident.module.css';

/** What the system does next by itself, and in how long. */
export function NextStep({ id, incident }: { readonly id: string; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(incidentExplanation(id));
  return (
    <div className={classes['next']} data-urgent={incident.status === 'TRIGGERED' || undefined}>
      <h2 id="next-title" className={classes['next-title']}>
        {t('next.title')}
      </h2>
      {data === undefined ? <Skeleton height={28} width={260} /> : <Sentence explanation={data} incident={incident} />}
    </div>
  );
}

function Sentence({ explanation, incident }: { readonly explanation: Explanation; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const { next } = explanation;
  if (incident.status === 'RESOLVED') return <p className={classes['sentence']}>{t('next.resolved')}</p>;
  if (next === null)
    return (
      <p className={classes['sentence']}>
        {t(
          incident.status === 'ACKNOWLEDGED'
            ? 'next.acknowledgedForGood'
            : explanation.policy === null
              ? 'next.starting'
              : 'next.nobodyLeft',
        )}
      </p>
    );
  return (
    <p className={classes['sentence']}>
      <span className={classes['countdown']}>
        <Countdown at={next.at} />
      </span>
      <span>
        {words(next.what)}{' '}
        <span className="dim">
          ({t('next.at')} <Clock at={next.at} />)
        </span>
      </span>
    </p>
  );
}
