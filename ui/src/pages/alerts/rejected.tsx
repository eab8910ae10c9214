import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconChecks } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RejectedPayload } from '../../../../src/api/wire.ts';
import { rejectedList, rejectedRead } from '../../api/alerts.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Ago } from '../../parts/times.tsx';
import { useMe } from '../../session/session.ts';
import classes from './alerts.module.css';
import { DeliverAgain } from './deliver-again.tsx';

/** What senders sent that was not understood: kept, and shown with the reason. */
export function Rejected(): ReactNode {
  const { t } = useTranslation();
  const list = useQuery(rejectedList);
  return (
    <section className={`card ${classes['list']}`} aria-label={t('alerts.view.rejected')}>
      {list.isPending && <Skeleton height={120} />}
      {list.isError && list.data === undefined && <Failure error={list.error} onAgain={() => void list.refetch()} />}
      {list.data?.results.length === 0 && (
        <Empty icon={<IconChecks />} title={t('alerts.noneRejected')}>
          <span>{t('alerts.noneRejectedMore')}</span>
        </Empty>
      )}
      <ol className={classes['rows']}>
        {list.data?.results.map((payload) => (
          <RejectedItem key={payload.id} payload={payload} />
        ))}
      </ol>
    </section>
  );
}

function RejectedItem({ payload }: { readonly payload: RejectedPayload }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const detail = useQuery({ ...rejectedRead(payload.id), enabled: isOpen });
  const me = useMe();
  return (
    <li className={classes['item']}>
      <div className={classes['refused']}>
        <span className={classes['what']}>
          <span className={classes['name']}>{payload.field === null ? payload.reason : `${payload.field} ${payload.reason}`}</span>
          <span className={classes['where']}>
            {payload.source} · {t('alerts.times', { count: payload.count })}
          </span>
        </span>
        <span className={classes['when']}>
          <Ago at={payload.last_received_at} />
        </span>
      </div>
      <details className={classes['payload']} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>{t('alerts.body')}</summary>
        <pre tabIndex={0}>{pretty(detail.data?.body)}</pre>
        {me?.is_staff === true && (
          <div className={classes['acts']}>
            <DeliverAgain what="rejected-payloads" id={payload.id} />
          </div>
        )}
      </details>
    </li>
  );
}

function pretty(body: string | undefined): string {
  if (body === undefined) return '…';
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
