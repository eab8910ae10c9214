import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertSource } from '../../../../src/api/wire.ts';
import classes from './alert-sources.module.css';
import { senderConfig } from './sender-config.ts';

/** What the sender needs, folded away; its secret is not known any more. */
export function SenderSetup({ alertSource }: { readonly alertSource: AlertSource }): ReactNode {
  const { t } = useTranslation();
  const isOpen = alertSource.state.startsWith('open');
  return (
    <details className={classes['setup']}>
      <summary>{t('alertSources.setup')}</summary>
      <Copied text={senderConfig(alertSource, isOpen ? null : `<${t('alertSources.secret')}>`)} />
    </details>
  );
}

export function Copied({ text }: { readonly text: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['copied']}>
      <pre tabIndex={0} aria-label={t('alertSources.setup')}>
        {text}
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy}>
            {t(copied ? 'incidents.copied' : 'incidents.copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
