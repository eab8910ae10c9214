import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Figures } from '../../../../src/api/wire.ts';
import classes from './home.module.css';

/** Alert sources that are open only because they were so before: a warning until an admin decides. */
export function UndecidedSources({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  const undecided = data?.health.undecided_alert_sources ?? [];
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
