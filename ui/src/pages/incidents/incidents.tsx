import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconFilterOff, IconFlame, IconPlus } from '@tabler/icons-react';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { incidentList } from '../../api/incidents.ts';
import { Empty } from '../../parts/empty.tsx';
import { OwnDuty } from '../../parts/own-duty.tsx';
import { UnacknowledgedLink } from '../../parts/unacknowledged-link.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useFormats } from '../../parts/formats.ts';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { useIncidentAction } from '../../parts/use-incident-action.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { FilterBar } from './filter-bar.tsx';
import { FirstAlert } from './first-alert.tsx';
import { isFiltered, useIncidentFilters } from './filters.ts';
import { IncidentRow } from './incident-row.tsx';
import classes from './incidents.module.css';
import { SelectionBar } from './selection-bar.tsx';
import { useListKeys } from './use-list-keys.ts';

/** As far as the API counts. */
const countLimit = 10_000;

export default function Incidents(): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const [filters, change] = useIncidentFilters();
  const list = useInfiniteQuery(incidentList(filters));
  const incidents = useMemo(() => list.data?.pages.flatMap((page) => page.results) ?? [], [list.data]);
  const { act } = useIncidentAction();
  const selected = useListKeys(incidents, act);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const onTick = useCallback(
    (id: string) => setTicked((before) => new Set(before.has(id) ? [...before].filter((other) => other !== id) : [...before, id])),
    [],
  );
  // One that somebody acknowledged meanwhile is no longer meant.
  const chosen = incidents.filter(({ id, status }) => ticked.has(id) && status === 'TRIGGERED');
  const acknowledgeAll = (): void => {
    for (const { short_id } of chosen) act(short_id, { kind: 'acknowledge' });
    setTicked(new Set());
  };
  usePageTitle(t('incidents.title'));

  const count = list.data?.pages[0]?.count;
  return (
    <div className={classes['page']}>
      <header className={classes['head']}>
        <h1 className={classes['title']}>
          {t('incidents.title')}
          <span className={classes['count']} aria-live="polite">
            {count === undefined ? '' : `${formats.number(count)}${count >= countLimit ? '+' : ''}`}
          </span>
        </h1>
        <UnacknowledgedLink />
        <Button component={Link} href="/dashboard/incidents/create/" ml="auto" leftSection={<IconPlus size={16} aria-hidden />} size="sm">
          {t('incidents.create')}
        </Button>
      </header>
      <OwnDuty />
      <FilterBar filters={filters} onChange={change} />
      <section className={`card ${classes['list']}`} aria-label={t('incidents.title')} aria-busy={list.isPending}>
        {list.isPending && <RowSkeletons rows={10} height={52} />}
        {list.isError && <Failure error={list.error} onAgain={() => void list.refetch()} />}
        {list.isSuccess && incidents.length === 0 && (
          <Nothing
            isFiltered={isFiltered(filters)}
            view={filters.view}
            onClear={() => change({ unacknowledged: false, severity: [], service: null, team: null, mine: false, search: '' })}
          />
        )}
        {incidents.length > 0 && (
          <ol className={classes['rows']}>
            {incidents.map((incident) => (
              <IncidentRow
                key={incident.id}
                incident={incident}
                isSelected={incident.id === selected}
                tick={{ isTicked: ticked.has(incident.id), onTick }}
              />
            ))}
          </ol>
        )}
        {list.hasNextPage && (
          <div className={classes['more']}>
            <Button variant="default" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('incidents.more')}
            </Button>
          </div>
        )}
      </section>
      <SelectionBar selected={chosen} onAcknowledge={acknowledgeAll} onClear={() => setTicked(new Set())} />
      <p className={classes['keys']}>
        <kbd>j</kbd> <kbd>k</kbd> {t('incidents.keys.move')} · <kbd>↵</kbd> {t('incidents.keys.open')} · <kbd>a</kbd>{' '}
        {t('incidents.keys.acknowledge')} · <kbd>/</kbd> {t('incidents.keys.search')}
      </p>
    </div>
  );
}

function Nothing({
  isFiltered: filtered,
  view,
  onClear,
}: {
  readonly isFiltered: boolean;
  readonly view: string;
  readonly onClear: () => void;
}): ReactNode {
  const { t } = useTranslation();
  if (filtered) {
    return (
      <Empty icon={<IconFilterOff />} title={t('incidents.noneFound')}>
        <Button variant="default" size="xs" mt="xs" onClick={onClear}>
          {t('incidents.clear')}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty icon={<IconFlame />} title={t(view === 'open' ? 'incidents.noneOpen' : 'incidents.none')}>
      <FirstAlert />
    </Empty>
  );
}
