import { Button } from '@mantine/core';
import { IconError404 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Empty } from '../parts/empty.tsx';

/** `title` says what was not found, where more is known than the address. */
export function NotFound({ title }: { readonly title?: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Empty icon={<IconError404 />} title={title ?? t('notFound.title')}>
      <Button component={Link} href="/dashboard/incidents/" variant="default" mt="sm">
        {t('notFound.toIncidents')}
      </Button>
    </Empty>
  );
}
