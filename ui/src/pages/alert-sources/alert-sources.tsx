import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { alertSourceList } from '../../api/alert-sources.ts';
import { Failure } from '../../parts/failure.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { AlertSourceItem } from './alert-source-item.tsx';
import classes from './alert-sources.module.css';

/** Where alerts come in, who may send them, and what the senders need. */
export default function AlertSources(): ReactNode {
  const { t } = useTranslation();
  const list = useQuery(alertSourceList);
  usePageTitle(t('alertSources.title'));
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('alertSources.title')}</h1>
      <p className={classes['about']}>{t('alertSources.about')}</p>
      <section className={`card ${classes['list']}`} aria-label={t('alertSources.title')} aria-busy={list.isPending}>
        {list.isPending && <RowSkeletons rows={5} height={64} />}
        {list.isError && list.data === undefined && <Failure error={list.error} onAgain={() => void list.refetch()} />}
        <ul className={classes['rows']}>
          {list.data?.results.map((alertSource) => (
            <AlertSourceItem key={alertSource.id} alertSource={alertSource} />
          ))}
        </ul>
      </section>
    </div>
  );
}
