import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconMail, IconWebhook } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inboxList } from '../../api/inbox.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { Ago } from '../../parts/times.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { FirstAlert } from '../incidents/first-alert.tsx';
import classes from './inbox.module.css';
import { Message } from './message.tsx';

/** What left the system, as its recipients see it. */
export default function Inbox(): ReactNode {
  const { t } = useTranslation();
  const inbox = useInfiniteQuery(inboxList);
  const [selected, setSelected] = useState<string | null>(null);
  usePageTitle(t('inbox.title'));
  const messages = inbox.data?.pages.flatMap((page) => page.results) ?? [];
  const shown = messages.find((message) => message.id === selected) ?? messages[0];
  return (
    <div className={classes['page']}>
      <header>
        <h1 className={classes['title']}>{t('inbox.title')}</h1>
        <p className={classes['about']}>{t('inbox.about')}</p>
      </header>
      {inbox.isPending && <RowSkeletons rows={6} height={64} />}
      {inbox.isError && inbox.data === undefined && <Failure error={inbox.error} onAgain={() => void inbox.refetch()} />}
      {inbox.isSuccess && messages.length === 0 && (
        <div className="card">
          <Empty icon={<IconMail />} title={t('inbox.none')}>
            <FirstAlert />
          </Empty>
        </div>
      )}
      {shown !== undefined && (
        <div className={classes['columns']}>
          <ul className={`card ${classes['list']}`} aria-label={t('inbox.title')}>
            {messages.map((message) => (
              <li key={message.id}>
                <button
                  type="button"
                  className={classes['item']}
                  aria-current={message.id === shown.id}
                  onClick={() => setSelected(message.id)}
                >
                  <span className={classes['line']}>
                    {message.channel === 'mail' ? <IconMail size={15} aria-hidden /> : <IconWebhook size={15} aria-hidden />}
                    <strong>{message.recipient}</strong>
                    <span className={classes['when']}>
                      <Ago at={message.received_at} />
                    </span>
                  </span>
                  <span className={classes['subject']}>{message.subject}</span>
                </button>
              </li>
            ))}
            {inbox.hasNextPage && (
              <li className={classes['more']}>
                <Button size="compact-sm" variant="subtle" loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
                  {t('incidents.more')}
                </Button>
              </li>
            )}
          </ul>
          <Message key={shown.id} message={shown} />
        </div>
      )}
    </div>
  );
}
