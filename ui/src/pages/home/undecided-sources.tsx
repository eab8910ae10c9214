import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Figures } from '../../../../src/api/wire.ts';
import { alertSourceList } from '../../api/alert-sources.ts';
import classes from './home.module.css';

/** Alert sources that are open only because they were so before: a warning until an admin decides. */
export function UndecidedSources({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  const warned = data?.health.undecided_alert_sources.length ?? 0;
  // The figures are some seconds old: who has just decided is not warned again.
  const { data: list } = useQuery({ ...alertSourceList, enabled: warned > 0 });
  const undecided = warned > 0 ? (list?.results ?? []).filter(({ state }) => state === 'open_since_before') : [];
  if (undecided.length === 0) return null;
  return (
    <Alert
      className={classes['warning'] ?? ''}
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('home.undecided.title', { count: undecided.length })}
    >
      {t('home.undecided.about', { names: undecided.map(({ name }) => name).join(', ') })}{' '}
      <Link href="/dashboard/alert-sources/">{t('home.undecided.decide')}</Link>
    </Alert>
  );
}
