import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Explanation, Incident } from '../../../../src/api/wire.ts';
import { useNow } from '../../live/clock.ts';
import { useFormats } from '../../parts/formats.ts';
import classes from './incident.module.css';

interface ResolvedStepProps {
  readonly incident: Incident;
  readonly explanation: Explanation;
}

/** What an incident that is over still waits for: its alerts may fire on, and then it comes back. */
export function ResolvedStep({ incident, explanation }: ResolvedStepProps): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const nowMs = useNow(1000);
  const { after_seconds, window_seconds } = explanation.reopening;
  const resolvedMs = Date.parse(incident.resolved_at ?? incident.updated_at);
  const at = (seconds: number): string => new Date(resolvedMs + seconds * 1000).toISOString();
  const when = (seconds: number): string => {
    const date = formats.clock(at(seconds), nowMs);
    return formats.isToday(at(seconds), nowMs) ? date : t('next.onDate', { date });
  };
  const isPast = (seconds: number): boolean => resolvedMs + seconds * 1000 <= nowMs;
  if (incident.alerts.firing === 0) {
    return (
      <p className={classes['sentence']}>
        {isPast(window_seconds) ? t('next.resolved') : t('next.resolvedUntil', { until: when(window_seconds) })}
      </p>
    );
  }
  const values = {
    count: incident.alerts.firing,
    from: when(after_seconds),
    who: explanation.escalation?.first.who.join(', ') ?? '…',
  };
  const reopens = after_seconds < window_seconds && !isPast(window_seconds);
  const from = isPast(after_seconds) ? 'Now' : 'After';
  return (
    <p className={classes['sentence']}>
      <span>
        <strong>{t('next.stillFiring', { count: incident.alerts.firing })}</strong>{' '}
        {t(`next.${reopens ? 'reopens' : 'opens'}${from}`, values)}
      </span>
    </p>
  );
}
