import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../../../src/api/wire.ts';
import { devices, testDevice } from '../../api/profile.ts';
import { useReason } from '../../parts/failure.tsx';
import { Ago } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import { removeAnyDevice } from '../../push/this-device.ts';
import classes from './profile.module.css';

interface DeviceRowProps {
  readonly device: Device;
  readonly isThis: boolean;
  readonly onRemoved: () => void;
}

export function DeviceRow({ device, isThis, onRemoved }: DeviceRowProps): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries(devices);
  const test = useMutation({ mutationFn: () => testDevice(device.id), onSuccess: again });
  const remove = useMutation({
    mutationFn: () => removeAnyDevice(device.id),
    onSuccess: () => {
      onRemoved();
      return again();
    },
  });
  const refused = useReason(test.error ?? remove.error);
  const failed = test.data?.outcome === 'failed' ? test.data : null;
  return (
    <li className={classes['row']}>
      <div>
        <p className={classes['name']}>{isThis ? t('profile.thisDevice', { name: device.name }) : device.name}</p>
        <p className={classes['detail']}>
          {t('profile.seen')} <Ago at={device.seen_at} />
        </p>
        {device.state !== 'working' && <p className={classes['bad']}>{t(`profile.state.${device.state}`)}</p>}
        {test.data?.outcome === 'sent' && (
          <p className={classes['detail']} role="status">
            {t('profile.testSent')}
          </p>
        )}
        {failed !== null && (
          <p className={classes['bad']} role="alert">
            {[failed.reason, failed.cure].flatMap((said) => (said === null ? [] : [words(said)])).join(' ')}
          </p>
        )}
        {(test.isError || remove.isError) && (
          <p className={classes['bad']} role="alert">
            {refused}
          </p>
        )}
      </div>
      <div className={classes['acts']}>
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()} aria-label={t('profile.testOf', device)}>
          {t('profile.test')}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={remove.isPending}
          onClick={() => remove.mutate()}
          aria-label={t('profile.removeOf', device)}
        >
          {t('profile.remove')}
        </Button>
      </div>
    </li>
  );
}
