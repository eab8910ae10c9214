import { Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleDashed, IconCircleMinus, IconCircleX, IconClockHour4, IconHelpCircle, IconSend } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplainedPage, PageOutcome } from '../../../../src/api/wire.ts';
import { Ago, Clock, Countdown, useAtOrOn } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import { AttemptLine, isTriedAgain } from './attempt-line.tsx';
import classes from './told.module.css';

/** A message that left is no more than that: nobody knows whether it was read. */
const looks: Record<PageOutcome, ReactNode> = {
  sent: <IconSend size={16} aria-hidden />,
  pending: <IconCircleDashed size={16} aria-hidden />,
  failed: <IconCircleX size={16} aria-hidden />,
  skipped: <IconCircleMinus size={16} aria-hidden />,
  unknown: <IconHelpCircle size={16} aria-hidden />,
  due: <IconClockHour4 size={16} aria-hidden />,
};

/** What a message told of, where that is not the incident itself. */
const aboutOf = {
  'incident.created': null,
  'incident.acknowledged': 'told.about.acknowledged',
  'incident.resolved': 'told.about.resolved',
  'incident.escalated': 'told.about.escalated',
  'comment.added': 'told.about.comment',
} as const;

/** One message by one way. */
export function ToldWay({ page }: { readonly page: ExplainedPage }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { toggle }] = useDisclosure(false);
  const words = useWords();
  const about = page.event === null ? null : aboutOf[page.event];
  const detail = page.detail === null ? null : [page.detail, page.cure].flatMap((part) => (part === null ? [] : words(part))).join(' ');
  const isRetried = isTriedAgain(page);
  return (
    <li className={classes['page']} data-outcome={page.outcome}>
      <button type="button" className={classes['line']} onClick={toggle} aria-expanded={isOpen} title={t('told.why')}>
        <span className={classes['icon']}>{looks[page.outcome]}</span>
        <span className={classes['who']}>
          <span className="sr-only">{page.who}: </span>
          {about !== null && `${t(about)} · `}
          {page.by === null ? t('told.chosenThen') : t('told.by', { by: page.by })}
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
        <Why page={page} receipt={page.outcome === 'sent' ? detail : null} />
      </Collapse>
    </li>
  );
}

function Why({ page, receipt }: { readonly page: ExplainedPage; readonly receipt: string | null }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const atOrOn = useAtOrOn(page.at);
  return (
    <div className={classes['why']}>
      <p>
        {t(`told.because.${atOrOn}`)} <Clock at={page.at} />
      </p>
      <ol>
        {page.reasons.map((reason, index) => (
          <li key={index}>{words(reason)}</li>
        ))}
      </ol>
      {receipt !== null && receipt !== '' && (
        <p className="dim">
          {t('told.receipt')} <span className="mono">{receipt}</span>
        </p>
      )}
    </div>
  );
}
