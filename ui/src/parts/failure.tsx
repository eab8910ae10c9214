import { Alert, Button, Center } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestRefused, Unreachable } from '../api/request.ts';
import { useWords } from './use-words.ts';

interface FailureProps {
  readonly error: unknown;
  readonly onAgain: () => void;
  readonly fullPage?: boolean;
}

/** What could not be read, why, and a way to try again. */
export function Failure({ error, onAgain, fullPage = false }: FailureProps): ReactNode {
  const { t } = useTranslation();
  const alert = (
    <Alert color="red" variant="light" icon={<IconCloudOff aria-hidden />} title={t('failure.read')} maw={520} m="md" role="alert">
      <p style={{ margin: '0 0 12px' }}>{useReason(error)}</p>
      <Button size="xs" variant="default" onClick={onAgain}>
        {t('failure.again')}
      </Button>
    </Alert>
  );
  return fullPage ? <Center mih="100dvh">{alert}</Center> : alert;
}

export function useReason(error: unknown): string {
  const { t } = useTranslation();
  const words = useWords();
  if (error instanceof Unreachable) return t('failure.unreachable');
  if (error instanceof RequestRefused) {
    if (error.said !== null) return words(error.said);
    return error.requestId === null || error.status < 500 ? error.message : `${error.message} (${error.requestId})`;
  }
  return t('failure.unknown');
}
