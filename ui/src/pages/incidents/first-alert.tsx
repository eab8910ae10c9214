import { Button, CopyButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { surroundings } from '../../api/home.ts';
import { senderConfig } from '../alert-sources/sender-config.ts';
import classes from './incidents.module.css';

/** What to type to see the first incident. */
export function FirstAlert(): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(surroundings);
  const secret = data?.demo === false ? `<${t('alertSources.secret')}>` : null;
  const command = senderConfig(
    { source: 'generic', webhook_url: `${data?.base_url ?? window.location.origin}/api/v1/webhooks/generic/` },
    secret,
  );
  return (
    <>
      <p style={{ margin: 0 }}>{t('incidents.firstAlert')}</p>
      <div className={classes['command']}>
        <pre tabIndex={0} aria-label={t('incidents.firstAlert')}>
          {command}
        </pre>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {t(copied ? 'incidents.copied' : 'incidents.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </>
  );
}
