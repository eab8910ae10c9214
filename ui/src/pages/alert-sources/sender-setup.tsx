import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertSource } from '../../../../src/api/wire.ts';
import { CopiedText } from '../../parts/copied-text.tsx';
import classes from './alert-sources.module.css';
import { senderConfig } from './sender-config.ts';

/** What the sender needs, folded away; its secret is not known any more. */
export function SenderSetup({ alertSource }: { readonly alertSource: AlertSource }): ReactNode {
  const { t } = useTranslation();
  const isOpen = alertSource.state.startsWith('open');
  return (
    <details className={classes['setup']}>
      <summary>{t('alertSources.setup')}</summary>
      <CopiedText text={senderConfig(alertSource, isOpen ? null : `<${t('alertSources.secret')}>`)} label={t('alertSources.setup')} />
    </details>
  );
}
