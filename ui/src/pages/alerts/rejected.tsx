import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconChecks } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RejectedPayload } from '../../../../src/api/wire.ts';
import { dismissRejected, rejectedList, rejectedRead } from '../../api/alerts.ts';
import { newKey } from '../../api/request.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure, useReason } from '../../parts/failure.tsx';
import { useSourceTitle } from '../../parts/source-title.ts';
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
  const titleOf = useSourceTitle();
  return (
    <li className={classes['item']}>
      <div className={classes['refused']}>
        <span className={classes['what']}>
          <span className={classes['name']}>
            {titleOf(payload.source)}: {payload.field !== null && <code>{payload.field}</code>} {payload.reason}
          </span>
          <span className={classes['where']}>{t('alerts.times', { count: payload.count })}</span>
          <span className={classes['cure']}>
            {t(payload.field === null ? 'rejected.fixBody' : 'rejected.fixField', {
              source: titleOf(payload.source),
              field: payload.field,
            })}{' '}
            {me?.is_staff === true && t('rejected.then')}
          </span>
        </span>
        <span className={classes['when']}>
          <Ago at={payload.last_received_at} />
        </span>
      </div>
      <details className={classes['payload']} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>{t('alerts.body')}</summary>
        <pre tabIndex={0}>{pretty(detail.data?.body)}</pre>
      </details>
      {me?.is_staff === true && (
        <div className={`${classes['acts']} ${classes['after']}`}>
          <DeliverAgain what="rejected-payloads" id={payload.id} />
          <Dismiss id={payload.id} />
        </div>
      )}
    </li>
  );
}

/** Takes it off the list; the same body again would be there again. */
function Dismiss({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = useRef(newKey());
  const dismissing = useMutation({
    mutationFn: () => dismissRejected(id, key.current),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts', 'rejected'] }),
  });
  const reason = useReason(dismissing.error);
  return (
    <>
      <Button size="xs" variant="default" loading={dismissing.isPending} onClick={() => dismissing.mutate()}>
        {t('rejected.dismiss')}
      </Button>
      {dismissing.isError && <p role="alert">{reason}</p>}
    </>
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
