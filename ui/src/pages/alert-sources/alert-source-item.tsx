import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconLockOpen, IconLockOff, IconPlayerPause } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { generatedSecret } from '../../../../src/domain/generated-secret.ts';
import type { AlertSource, AlertSourceChange } from '../../../../src/api/wire.ts';
import { alertSourceList, changeAlertSource } from '../../api/alert-sources.ts';
import { useReason } from '../../parts/failure.tsx';
import { useMe } from '../../session/session.ts';
import classes from './alert-sources.module.css';
import { NewSecret } from './new-secret.tsx';
import { SenderSetup } from './sender-setup.tsx';
import { SigningSecret } from './signing-secret.tsx';

const icons = {
  secured: IconLock,
  open: IconLockOpen,
  open_since_before: IconAlertTriangle,
  open_in_demo: IconLockOpen,
  closed: IconLockOff,
  inactive: IconPlayerPause,
} as const satisfies Record<AlertSource['state'], unknown>;

export function AlertSourceItem({ alertSource }: { readonly alertSource: AlertSource }): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const { state, source } = alertSource;
  const means = state === 'closed' && source === 'sentry' ? 'closed_signing' : state;
  const Icon = icons[state];
  return (
    <li className={classes['item']}>
      <div className={classes['head']}>
        <h2 className={classes['name']}>{alertSource.name}</h2>
        <span className={classes['state']} data-state={state}>
          <Icon size={15} aria-hidden />
          {t(`alertSources.state.${state}`)}
        </span>
      </div>
      <p className={classes['means']}>{t(`alertSources.means.${means}`)}</p>
      {me?.is_staff === true && <Acts alertSource={alertSource} />}
    </li>
  );
}

/** What is being asked before it is done. */
type Asked = 'open' | 'keep' | 'close' | 'replace' | 'signing' | null;

function Acts({ alertSource }: { readonly alertSource: AlertSource }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>(null);
  const [made, setMade] = useState<string | null>(null);
  const changing = useMutation({
    mutationFn: (change: AlertSourceChange) => changeAlertSource(alertSource.id, change),
    onSuccess: (_, { secret }) => {
      setAsked(null);
      if (typeof secret === 'string') setMade(secret);
    },
    onSettled: () =>
      Promise.all([queries.invalidateQueries(alertSourceList), queries.invalidateQueries({ queryKey: ['home', 'figures'] })]),
  });
  const reason = useReason(changing.error);
  const { has_secret: hasSecret, state, source } = alertSource;
  const signs = source === 'sentry' || source === 'grafana';
  const makeSecret = (): void => changing.mutate({ secret: generatedSecret((empty) => crypto.getRandomValues(empty)) });
  const press = (label: string, onClick: () => void, variant: 'default' | 'filled' = 'default'): ReactNode => (
    <Button size="xs" variant={variant} disabled={changing.isPending} onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <>
      <div className={classes['acts']}>
        {source !== 'sentry' &&
          (hasSecret
            ? press(t('alertSources.replace'), () => setAsked('replace'))
            : press(t('alertSources.make'), makeSecret, state === 'secured' ? 'default' : 'filled'))}
        {signs &&
          press(t(alertSource.has_signing_secret ? 'alertSources.replaceSigning' : 'alertSources.enterSigning'), () => setAsked('signing'))}
        {state === 'closed' && press(t('alertSources.open'), () => setAsked('open'))}
        {state === 'open_since_before' && press(t('alertSources.keep'), () => setAsked('keep'))}
        {(state === 'open' || state === 'open_since_before') && press(t('alertSources.close'), () => setAsked('close'))}
      </div>
      {asked !== null && asked !== 'signing' && (
        <div className={classes['question']} role="group" aria-label={t(`alertSources.ask.${asked}`)}>
          <p>{t(`alertSources.ask.${asked}`)}</p>
          <div className={classes['buttons']}>
            <Button
              size="xs"
              color={asked === 'close' ? 'indigo' : 'red.9'}
              loading={changing.isPending}
              onClick={() => (asked === 'replace' ? makeSecret() : changing.mutate({ open: asked !== 'close' }))}
            >
              {t(`alertSources.do.${asked}`)}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => setAsked(null)}>
              {t('alertSources.cancel')}
            </Button>
          </div>
        </div>
      )}
      {asked === 'signing' && (
        <SigningSecret
          isSaving={changing.isPending}
          onSave={(signingSecret) => changing.mutate({ signing_secret: signingSecret })}
          onCancel={() => setAsked(null)}
        />
      )}
      {changing.isError && (
        <p role="alert" className={classes['refused']}>
          {reason}
        </p>
      )}
      <SenderSetup alertSource={alertSource} />
      <NewSecret alertSource={alertSource} secret={made} onClose={() => setMade(null)} />
    </>
  );
}
