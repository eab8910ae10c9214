import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconBell, IconSearch } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { alertList, rejectedList } from '../../api/alerts.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { FirstAlert } from '../incidents/first-alert.tsx';
import { AlertRow } from './alert-row.tsx';
import classes from './alerts.module.css';
import { Rejected } from './rejected.tsx';
import { Rules } from './rules.tsx';

type View = 'all' | 'firing' | 'resolved' | 'rejected' | 'rules';

/** Everything that came in, understood or not, and what became of it. */
export default function Alerts(): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const rejected = useQuery(rejectedList);
  usePageTitle(t('alerts.title'));
  const view = (['firing', 'resolved', 'rejected', 'rules'] as const).find((name) => name === search.get('view')) ?? 'all';
  const change = (name: string, value: string): void =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === '' || value === 'all') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const labelOf = (name: View): string =>
    name === 'rejected' && rejected.data !== undefined && rejected.data.count > 0
      ? `${t('alerts.view.rejected')} (${rejected.data.count})`
      : t(`alerts.view.${name}`);
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('alerts.title')}</h1>
      <div className={classes['filters']} role="search" aria-label={t('alerts.filter')}>
        <SegmentedControl
          size="sm"
          value={view}
          onChange={(value) => change('view', value)}
          aria-label={t('alerts.filter')}
          data={(['all', 'firing', 'resolved', 'rejected', 'rules'] as const).map((name) => ({ value: name, label: labelOf(name) }))}
        />
        {view !== 'rejected' && view !== 'rules' && (
          <SearchBox value={search.get('search') ?? ''} onChange={(value) => change('search', value)} />
        )}
      </div>
      {view === 'rejected' && <Rejected />}
      {view === 'rules' && <Rules />}
      {view !== 'rejected' && view !== 'rules' && <AlertList status={view === 'all' ? null : view} search={search.get('search') ?? ''} />}
    </div>
  );
}

function AlertList({ status, search }: { readonly status: 'firing' | 'resolved' | null; readonly search: string }): ReactNode {
  const { t } = useTranslation();
  const list = useInfiniteQuery(alertList({ status, search }));
  const alerts = list.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <section className={`card ${classes['list']}`} aria-label={t('alerts.title')} aria-busy={list.isPending}>
      {list.isPending && <RowSkeletons rows={8} height={52} />}
      {list.isError && list.data === undefined && <Failure error={list.error} onAgain={() => void list.refetch()} />}
      {list.isSuccess && alerts.length === 0 && (
        <Empty icon={<IconBell />} title={t(search === '' ? 'alerts.none' : 'alerts.noneFound')}>
          {search === '' && <FirstAlert />}
        </Empty>
      )}
      <ol className={classes['rows']}>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ol>
      {list.hasNextPage && (
        <div className={classes['more']}>
          <Button variant="default" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('incidents.more')}
          </Button>
        </div>
      )}
    </section>
  );
}

function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, 250);
  return (
    <TextInput
      className={classes['search'] ?? ''}
      type="search"
      size="sm"
      leftSection={<IconSearch size={16} aria-hidden />}
      placeholder={t('alerts.search')}
      aria-label={t('alerts.search')}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}
