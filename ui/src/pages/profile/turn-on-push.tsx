import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { devices, makePushProvider } from '../../api/profile.ts';
import { useReason } from '../../parts/failure.tsx';
import classes from './profile.module.css';

/** For administrators, where nobody has set push up: keys are made, and all that is asked is whom the push services may write to. */
export function TurnOnPush(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [contact, setContact] = useState('');
  const make = useMutation({
    mutationFn: () => makePushProvider('Web push', contact.trim()),
    onSuccess: () => queries.invalidateQueries(devices),
  });
  const reason = useReason(make.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} className={classes['add']}>
      <p className={classes['about']}>{t('profile.turnOnAbout')}</p>
      <TextInput
        label={t('profile.contact')}
        description={t('profile.contactAbout')}
        type="email"
        required
        maw={360}
        mb={10}
        value={contact}
        onChange={(event) => setContact(event.currentTarget.value)}
      />
      <Button type="submit" loading={make.isPending}>
        {t('profile.turnOn')}
      </Button>
      {make.isError && (
        <p className={classes['bad']} role="alert">
          {reason}
        </p>
      )}
    </form>
  );
}
