import { Button } from '@mantine/core';
import { IconError404 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Empty } from '../parts/empty.tsx';

export function NotFound(): ReactNode {
  const { t } = useTranslation();
  return (
    <Empty icon={<IconError404 />} title={t('notFound.title')}>
      <Button component={Link} href="/dashboard/incidents/" variant="default" mt="sm">
        {t('notFound.toIncidents')}
      </Button>
    </Empty>
  );
}
