import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconDeviceMobilePlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { devices } from '../../api/profile.ts';
import { Failure, useReason } from '../../parts/failure.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { addThisDevice, lackOfPush, thisDeviceId } from '../../push/this-device.ts';
import { useMe } from '../../session/session.ts';
import { DeviceRow } from './device-row.tsx';
import classes from './profile.module.css';
import { TurnOnPush } from './turn-on-push.tsx';

/** Phones and desktops that ring, and what they cannot do. */
export function Devices(): ReactNode {
  const { t } = useTranslation();
  const read = useQuery(devices);
  const me = useMe();
  const [own, setOwn] = useState(thisDeviceId);
  const found = read.data;
  const isPossible = (found?.providers.length ?? 0) > 0;
  const isHere = found?.devices.some(({ id }) => id === own) === true;
  return (
    <section className={`card ${classes['section']}`} aria-label={t('profile.devices')} aria-busy={read.isPending}>
      <h2>{t('profile.devices')}</h2>
      <p className={classes['about']}>{t('profile.devicesAbout')}</p>
      {read.isPending && <RowSkeletons rows={2} height={48} />}
      {read.isError && found === undefined && <Failure error={read.error} onAgain={() => void read.refetch()} />}
      {found !== undefined && (
        <ul className={classes['rows']}>
          {found.devices.map((device) => (
            <DeviceRow key={device.id} device={device} isThis={device.id === own} onRemoved={() => setOwn(thisDeviceId())} />
          ))}
        </ul>
      )}
      {found !== undefined && isPossible && !isHere && <AddThis provider={found.providers[0]!} onAdded={() => setOwn(thisDeviceId())} />}
      {found !== undefined &&
        !isPossible &&
        (me?.is_staff === true ? <TurnOnPush /> : <p className={classes['detail']}>{t('profile.noPush')}</p>)}
      <ul className={classes['limits']}>
        <li>{t('profile.limitSilent')}</li>
        <li>{t('profile.limitHttps')}</li>
      </ul>
    </section>
  );
}

interface AddThisProps {
  readonly provider: Parameters<typeof addThisDevice>[0];
  readonly onAdded: () => void;
}

function AddThis({ provider, onAdded }: AddThisProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [lack, setLack] = useState(lackOfPush);
  const add = useMutation({
    mutationFn: () => addThisDevice(provider),
    onSuccess: () => {
      onAdded();
      return queries.invalidateQueries(devices);
    },
    onError: () => setLack(lackOfPush()),
  });
  const reason = useReason(add.error);
  if (lack !== null) return <p className={classes['detail']}>{t(`profile.lack.${lack}`)}</p>;
  return (
    <div className={classes['add']}>
      <Button leftSection={<IconDeviceMobilePlus size={18} aria-hidden />} loading={add.isPending} onClick={() => add.mutate()}>
        {t('profile.addThis')}
      </Button>
      {add.isError && (
        <p className={classes['bad']} role="alert">
          {add.error instanceof DOMException ? t('profile.browserRefused', { said: add.error.message }) : reason}
        </p>
      )}
    </div>
  );
}
