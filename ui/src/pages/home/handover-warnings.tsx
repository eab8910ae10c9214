import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Figures } from '../../../../src/api/wire.ts';
import { useWords } from '../../parts/use-words.ts';
import classes from './home.module.css';

/** Schedules of which the chat does not show who is on call. */
export function HandoverWarnings({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const warnings = data?.health.handover_warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <Alert
      className={classes['warning'] ?? ''}
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('home.handover')}
    >
      {warnings.map(({ schedule, reason, cure }, index) => (
        <p key={index} style={{ margin: 0, overflowWrap: 'anywhere' }}>
          <strong>{schedule.name}</strong> {words(reason)} {cure !== null && words(cure)}
        </p>
      ))}
    </Alert>
  );
}
