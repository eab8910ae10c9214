import { Button, Collapse, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconCircleCheck, IconCircleDashed, IconCircleMinus, IconCircleX, IconClockHour4, IconHelpCircle } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentExplanation } from '../../api/incidents.ts';
import type { ExplainedPage, PageOutcome } from '../../../../src/api/wire.ts';
import { Failure } from '../../parts/failure.tsx';
import { Ago, Clock, Countdown, useAtOrOn } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import { AttemptLine, isTriedAgain } from './attempt-line.tsx';
import classes from './told.module.css';

const looks: Record<PageOutcome, ReactNode> = {
  sent: <IconCircleCheck size={18} aria-hidden />,
  pending: <IconCircleDashed size={18} aria-hidden />,
  failed: <IconCircleX size={18} aria-hidden />,
  skipped: <IconCircleMinus size={18} aria-hidden />,
  unknown: <IconHelpCircle size={18} aria-hidden />,
  due: <IconClockHour4 size={18} aria-hidden />,
};
const shownFirst = 8;

/** Who was told, by what, whether it arrived; and why someone was not. */
export function Told({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const explanation = useQuery(incidentExplanation(id));
  if (explanation.isError && explanation.data === undefined)
    return <Failure error={explanation.error} onAgain={() => void explanation.refetch()} />;
  if (explanation.data === undefined) return <Skeleton height={120} m="md" width="auto" />;
  // The newest first, and what is still due above all.
  const pages = explanation.data.pages.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const shown = showsAll ? pages : pages.slice(0, shownFirst);
  return (
    <div className={classes['told']}>
      <h3 className={classes['title']}>{t('told.title')}</h3>
      {pages.length === 0 && <p className="dim">{t('told.nobody')}</p>}
      <ul className={classes['pages']} aria-live="polite">
        {shown.map((page) => (
          <ToldPage key={page.page_id} page={page} />
        ))}
      </ul>
      {pages.length > shown.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => setShowsAll(true)}>
          {t('told.all', { count: pages.length })}
        </Button>
      )}
    </div>
  );
}

/** What a message told of, where that is not the incident itself. */
const aboutOf = {
  'incident.created': null,
  'incident.acknowledged': 'told.about.acknowledged',
  'incident.resolved': 'told.about.resolved',
  'incident.escalated': 'told.about.escalated',
  'comment.added': 'told.about.comment',
} as const;

function ToldPage({ page }: { readonly page: ExplainedPage }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { toggle }] = useDisclosure(false);
  const words = useWords();
  const atOrOn = useAtOrOn(page.at);
  const about = page.event === null ? null : aboutOf[page.event];
  const detail = page.detail === null ? null : [page.detail, page.cure].flatMap((part) => (part === null ? [] : words(part))).join(' ');
  const isRetried = isTriedAgain(page);
  return (
    <li className={classes['page']} data-outcome={page.outcome}>
      <button type="button" className={classes['line']} onClick={toggle} aria-expanded={isOpen} title={t('told.why')}>
        <span className={classes['icon']}>{looks[page.outcome]}</span>
        <span className={classes['who']}>
          <strong>{page.who}</strong>
          <span className="dim">
            {about !== null && `${t(about)} · `}
            {page.by === null ? t('told.chosenThen') : t('told.by', { by: page.by })}
          </span>
        </span>
        <span className={classes['outcome']}>{t(`told.outcome.${isRetried ? 'retrying' : page.outcome}`)}</span>
        <span className={classes['when']}>{page.outcome === 'due' ? <Countdown at={page.at} /> : <Ago at={page.at} />}</span>
      </button>
      {page.outcome === 'pending' && page.attempt !== null && (
        <p className={classes['detail']} data-retried={isRetried || undefined}>
          <AttemptLine page={page} />
        </p>
      )}
      {detail !== null && page.outcome !== 'sent' && page.outcome !== 'pending' && (
        <p className={classes['detail']}>{page.outcome === 'unknown' ? t('told.mayHaveReached', { reason: detail }) : detail}</p>
      )}
      <Collapse expanded={isOpen}>
        <div className={classes['why']}>
          <p>
            {t(`told.because.${atOrOn}`)} <Clock at={page.at} />
          </p>
          <ol>
            {page.reasons.map((reason, index) => (
              <li key={index}>{words(reason)}</li>
            ))}
          </ol>
          {page.outcome === 'sent' && detail !== null && detail !== '' && (
            <p className="dim">
              {t('told.receipt')} <span className="mono">{detail}</span>
            </p>
          )}
        </div>
      </Collapse>
    </li>
  );
}
