import { Button, CopyButton, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertSource } from '../../../../src/api/wire.ts';
import classes from './alert-sources.module.css';
import { senderConfig } from './sender-config.ts';
import { CopiedText } from '../../parts/copied-text.tsx';

interface NewSecretProps {
  readonly alertSource: AlertSource;
  /** Null: nothing is shown. */
  readonly secret: string | null;
  readonly onClose: () => void;
}

/** The only time that anybody sees it: the server keeps its hash alone. */
export function NewSecret({ alertSource, secret, onClose }: NewSecretProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={t('alertSources.made', { name: alertSource.name })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('alertSources.done') }}
    >
      {secret !== null && (
        <div className={classes['made']}>
          <p>{t('alertSources.shownOnce')}</p>
          <div className={classes['secret']}>
            <code>{secret}</code>
            <CopyButton value={secret}>
              {({ copied, copy }) => (
                <Button size="xs" onClick={copy} data-autofocus>
                  {t(copied ? 'incidents.copied' : 'incidents.copy')}
                </Button>
              )}
            </CopyButton>
          </div>
          <p>{t('alertSources.setup')}</p>
          <CopiedText text={senderConfig(alertSource, secret)} label={t('alertSources.setup')} />
          <Button variant="default" onClick={onClose}>
            {t('alertSources.done')}
          </Button>
        </div>
      )}
    </Modal>
  );
}
