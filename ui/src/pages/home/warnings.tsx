import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Figures, Said } from '../../../../src/api/wire.ts';
import { useWords } from '../../parts/use-words.ts';
import classes from './home.module.css';

/** Providers that cannot send as they should, and schedules of which the chat does not show who is on call. */
export function Warnings({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  if (data === undefined) return null;
  const { provider_warnings: providers, handover_warnings: schedules } = data.health;
  return (
    <>
      <Problems title={t('home.providers')} problems={providers.map(({ provider, ...problem }) => ({ name: provider.name, ...problem }))} />
      <Problems title={t('home.handover')} problems={schedules.map(({ schedule, ...problem }) => ({ name: schedule.name, ...problem }))} />
    </>
  );
}

interface ProblemsProps {
  readonly title: string;
  readonly problems: readonly { readonly name: string; readonly reason: Said; readonly cure: Said | null }[];
}

function Problems({ title, problems }: ProblemsProps): ReactNode {
  const words = useWords();
  if (problems.length === 0) return null;
  return (
    <Alert className={classes['warning'] ?? ''} color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title}>
      {problems.map(({ name, reason, cure }, index) => (
        <p key={index} style={{ margin: 0, overflowWrap: 'anywhere' }}>
          <strong>{name}</strong> {words(reason)} {cure !== null && words(cure)}
        </p>
      ))}
    </Alert>
  );
}
