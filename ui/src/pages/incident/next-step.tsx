import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentExplanation } from '../../api/incidents.ts';
import type { Explanation, Incident } from '../../../../src/api/wire.ts';
import { Clock, Countdown, useAtOrOn } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import { AttemptLine, isTriedAgain } from './attempt-line.tsx';
import classes from './incident.module.css';
import { ResolvedStep } from './resolved-step.tsx';

/** What the system does next by itself, and in how long. */
export function NextStep({ id, incident }: { readonly id: string; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(incidentExplanation(id));
  return (
    <div
      className={classes['next']}
      data-urgent={incident.status === 'TRIGGERED' || (incident.status === 'RESOLVED' && incident.alerts.firing > 0) || undefined}
    >
      <h2 id="next-title" className={classes['next-title']}>
        {t('next.title')}
      </h2>
      {data === undefined ? (
        <Skeleton height={28} width={260} />
      ) : (
        <>
          <Unreached pages={data.pages} />
          <Sentence explanation={data} incident={incident} />
        </>
      )}
    </div>
  );
}

const namedFirst = 3;

/** Who should know by now and does not: that comes before whatever is planned. */
function Unreached({ pages }: Pick<Explanation, 'pages'>): ReactNode {
  const { t } = useTranslation();
  const tried = pages.filter((page) => page.event === null && isTriedAgain(page));
  return tried.slice(0, namedFirst).map((page) => (
    <p key={page.page_id} className={classes['unreached']} role="status">
      <strong>{t('next.unreached', { who: page.who })}</strong> <AttemptLine page={page} />
    </p>
  ));
}

function Sentence({ explanation, incident }: { readonly explanation: Explanation; readonly incident: Incident }): ReactNode {
  const { t } = useTranslation();
  const { next } = explanation;
  if (incident.status === 'RESOLVED') return <ResolvedStep incident={incident} explanation={explanation} />;
  if (next === null)
    return (
      <p className={classes['sentence']}>
        {t(
          incident.status === 'ACKNOWLEDGED'
            ? 'next.acknowledgedForGood'
            : explanation.is_quiet
              ? 'next.quiet'
              : explanation.policy === null
                ? 'next.starting'
                : 'next.nobodyLeft',
        )}
      </p>
    );
  return <Due {...next} />;
}

function Due({ at, what }: NonNullable<Explanation['next']>): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const atOrOn = useAtOrOn(at);
  return (
    <p className={classes['sentence']}>
      <span className={classes['countdown']}>
        <Countdown at={at} />
      </span>
      <span>
        {words(what)}{' '}
        <span className="dim">
          ({t(`next.${atOrOn}`)} <Clock at={at} />)
        </span>
      </span>
    </p>
  );
}
