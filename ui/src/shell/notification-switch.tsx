import { ActionIcon, Tooltip } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks for permission only when pressed; gone once it is decided. */
export function NotificationSwitch({ icon }: { readonly icon: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  if (permission !== 'default') return null;
  return (
    <Tooltip label={t('notify.ask')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('notify.ask')}
        onClick={() => void Notification.requestPermission().then(setPermission)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
