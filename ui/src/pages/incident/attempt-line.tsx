import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplainedPage } from '../../../../src/api/wire.ts';
import { Countdown } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';

/** Why a message has not left yet, what would help, and when it is tried again. */
export function AttemptLine({ page }: { readonly page: ExplainedPage }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const { attempt, detail, cure } = page;
  const why = [detail, cure].flatMap((part) => (part === null ? [] : words(part))).join(' ');
  return (
    <>
      {why}{' '}
      {attempt !== null && (
        <span className="nowrap">
          {attempt.under_way
            ? t('told.attempt.underWay', { number: attempt.number })
            : t(attempt.next_at === null ? 'told.attempt.failed' : 'told.attempt.next', { number: attempt.number })}{' '}
          {attempt.next_at !== null && <Countdown at={attempt.next_at} />}
        </span>
      )}
    </>
  );
}

/** Whether an attempt at it has failed already. */
export const isTriedAgain = ({ outcome, attempt }: ExplainedPage): boolean =>
  outcome === 'pending' && attempt !== null && (attempt.number > 1 || !attempt.under_way);
