import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './alert-sources.module.css';

interface SigningSecretProps {
  readonly isSaving: boolean;
  readonly onSave: (secret: string) => void;
  readonly onCancel: () => void;
}

/** The sender's own key: it made it, or knows it already. */
export function SigningSecret({ isSaving, onSave, onCancel }: SigningSecretProps): ReactNode {
  const { t } = useTranslation();
  const [secret, setSecret] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave(secret.trim());
  };
  return (
    <form className={classes['question']} onSubmit={submit}>
      <TextInput
        type="password"
        size="sm"
        label={t('alertSources.signing')}
        description={t('alertSources.signingHelp')}
        autoComplete="off"
        data-autofocus
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      <div className={classes['buttons']}>
        <Button size="xs" type="submit" loading={isSaving} disabled={secret.trim() === ''}>
          {t('alertSources.save')}
        </Button>
        <Button size="xs" variant="subtle" onClick={onCancel}>
          {t('alertSources.cancel')}
        </Button>
      </div>
    </form>
  );
}
