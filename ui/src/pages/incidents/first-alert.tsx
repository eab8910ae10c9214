import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { surroundings } from '../../api/home.ts';
import { CopiedText } from '../../parts/copied-text.tsx';
import { senderConfig } from '../alert-sources/sender-config.ts';

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
      <CopiedText text={command} label={t('incidents.firstAlert')} isCentred />
    </>
  );
}
