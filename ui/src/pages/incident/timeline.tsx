import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentTimeline } from '../../api/incidents.ts';
import { Failure } from '../../parts/failure.tsx';
import { CommentBox } from './comment-box.tsx';
import { conversationOf } from './comments-now.ts';
import { groupOf, groups, type EntryGroup } from './entry-groups.ts';
import classes from './timeline.module.css';
import { TimelineItem } from './timeline-item.tsx';
import type { IncidentParts } from './parts.ts';

/** What happened, the newest first, as it happens. */
export function Timeline({ id, act, pendingKind }: IncidentParts): ReactNode {
  const { t } = useTranslation();
  const [group, setGroup] = useState<EntryGroup | 'all'>('all');
  const timeline = useInfiniteQuery(incidentTimeline(id));
  const entries = useMemo(() => timeline.data?.pages.flatMap((page) => page.results) ?? [], [timeline.data]);
  const conversation = useMemo(() => conversationOf(entries), [entries]);
  const shown = group === 'all' ? conversation.entries : conversation.entries.filter((entry) => groupOf(entry.type) === group);
  return (
    <section className={`card ${classes['timeline']}`} aria-labelledby="timeline-title">
      <div className={`card-head ${classes['head']}`}>
        <h2 id="timeline-title">{t('timeline.title')}</h2>
        <SegmentedControl
          size="xs"
          value={group}
          onChange={(value) => setGroup(value as EntryGroup | 'all')}
          aria-label={t('timeline.filter')}
          data={(['all', ...groups] as const).map((value) => ({ value, label: t(`timeline.group.${value}`) }))}
        />
      </div>
      <CommentBox isPending={pendingKind === 'comment'} onComment={(text, onDone) => act(id, { kind: 'comment', text }, onDone)} />
      {timeline.isPending && <Skeleton height={160} m="md" width="auto" />}
      {timeline.isError && timeline.data === undefined && <Failure error={timeline.error} onAgain={() => void timeline.refetch()} />}
      {timeline.isSuccess && shown.length === 0 && <p className={classes['none']}>{t('timeline.none')}</p>}
      <div role="log" aria-labelledby="timeline-title" aria-relevant="additions">
        <ol className={classes['entries']}>
          {shown.map((entry) => (
            <TimelineItem key={entry.sequence} entry={entry} now={conversation.commentNow(entry)} />
          ))}
        </ol>
      </div>
      {timeline.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          m="sm"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t('timeline.older')}
        </Button>
      )}
    </section>
  );
}
