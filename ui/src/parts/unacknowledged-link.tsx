import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { unacknowledgedCount } from '../api/incidents.ts';
import classes from './severity.module.css';

/** How many incidents wait for somebody, and the way to them. */
export function UnacknowledgedLink(): ReactNode {
  const { t } = useTranslation();
  const { data: count = 0 } = useQuery(unacknowledgedCount);
  if (count === 0) return null;
  return (
    <Link href="/dashboard/incidents/?unacknowledged=1" className={classes['waiting'] ?? ''}>
      {t('home.open.triggered', { count })}
    </Link>
  );
}
