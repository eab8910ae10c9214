import { useQuery } from '@tanstack/react-query';
import { IconPhoneCall } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { duties } from '../api/home.ts';
import { useNow } from '../live/clock.ts';
import { useFormats } from './formats.ts';
import classes from './own-duty.module.css';

/** Whether the reader is on call, and until when. */
export function OwnDuty(): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const nowMs = useNow(60_000);
  const { data } = useQuery(duties);
  return data?.results.map(({ schedule, until }) => (
    <p key={schedule.id} className={classes['duty']}>
      <IconPhoneCall size={16} aria-hidden />
      <span>
        {until === null ? t('duty.on') : t('duty.until', { until: formats.dayAndTime(until, nowMs) })}{' '}
        <span className="dim">({schedule.name})</span>
      </span>
    </p>
  ));
}
