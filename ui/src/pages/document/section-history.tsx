import { Button, Modal, SegmentedControl, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SectionVersion } from '../../../../src/api/wire.ts';
import { documentKey, sectionVersions, writeSection, type SectionName } from '../../api/document.ts';
import { Failure, useReason } from '../../parts/failure.tsx';
import { Markdown } from '../../parts/markdown.tsx';
import { Ago, Clock } from '../../parts/times.tsx';
import classes from './section-history.module.css';
import { lineChanges } from './line-changes.ts';

interface SectionHistoryProps {
  readonly id: string;
  readonly section: SectionName;
  readonly heading: string;
  readonly latest: SectionVersion;
  readonly onClose: () => void;
}

/** Who wrote when, and what stood there before. */
export default function SectionHistory({ id, section, heading, latest, onClose }: SectionHistoryProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const isPhone = useMediaQuery('(max-width: 640px)') ?? false;
  const history = useInfiniteQuery(sectionVersions(id, section));
  const [shown, setShown] = useState(latest.version);
  const versions = history.data?.pages.flatMap((page) => page.results) ?? [];
  const restoring = useMutation({
    networkMode: 'always',
    retry: false,
    mutationFn: (version: number) => writeSection(id, section, { version: latest.version, restore: version }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: documentKey(id) }),
  });
  const reason = useReason(restoring.error);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      fullScreen={isPhone}
      title={t('document.history.title', { section: heading })}
      closeButtonProps={{ 'aria-label': t('document.history.close') }}
    >
      {history.isPending && <Skeleton height={160} />}
      {history.isError && history.data === undefined && <Failure error={history.error} onAgain={() => void history.refetch()} />}
      {restoring.isError && (
        <p role="alert" className={classes['refused']}>
          {reason}
        </p>
      )}
      <ol className="plain-list">
        {versions.map((version, index) => (
          <li key={version.version} className={classes['version']}>
            <button
              type="button"
              className={classes['head']}
              aria-expanded={shown === version.version}
              onClick={() => setShown(shown === version.version ? 0 : version.version)}
            >
              <VersionLine version={version} isLatest={version.version === latest.version} />
            </button>
            {shown === version.version && (
              <VersionText version={version} before={versions[index + 1]?.text ?? (version.version === 1 ? '' : null)}>
                {version.version !== latest.version && (
                  <Button size="xs" loading={restoring.isPending} onClick={() => restoring.mutate(version.version)}>
                    {t('document.history.restore')}
                  </Button>
                )}
              </VersionText>
            )}
          </li>
        ))}
      </ol>
      {history.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt="sm"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('document.history.older')}
        </Button>
      )}
    </Modal>
  );
}

function VersionLine({ version, isLatest }: { readonly version: SectionVersion; readonly isLatest: boolean }): ReactNode {
  const { t } = useTranslation();
  const { edited_at, edited_by, restored_from } = version;
  return (
    <>
      <strong>{t('document.history.version', { version: version.version })}</strong>
      {isLatest && <span className={classes['latest']}>{t('document.history.latest')}</span>}
      <span>{edited_by?.name}</span>
      {restored_from !== null && <span className="dim">{t('document.history.restored', { from: restored_from })}</span>}
      {edited_at !== null && (
        <span className={`dim ${classes['when']}`}>
          <Clock at={edited_at} /> · <Ago at={edited_at} />
        </span>
      )}
    </>
  );
}

interface VersionTextProps {
  readonly version: SectionVersion;
  /** Null where it is on a page that is not loaded. */
  readonly before: string | null;
  readonly children: ReactNode;
}

function VersionText({ version: { text }, before, children }: VersionTextProps): ReactNode {
  const { t } = useTranslation();
  const [view, setView] = useState<'changes' | 'text'>('changes');
  return (
    <div className={classes['body']}>
      <div className={classes['bar']}>
        {before !== null && (
          <SegmentedControl
            size="xs"
            value={view}
            onChange={(value) => setView(value as typeof view)}
            aria-label={t('document.history.show')}
            data={(['changes', 'text'] as const).map((value) => ({ value, label: t(`document.history.${value}`) }))}
          />
        )}
        {children}
      </div>
      {before !== null && view === 'changes' ? (
        <Changes before={before} after={text} />
      ) : text.trim() === '' ? (
        <p className="dim">{t('document.history.nothing')}</p>
      ) : (
        <Markdown text={text} />
      )}
    </div>
  );
}

const elementOf = { same: 'span', added: 'ins', removed: 'del' } as const;

function Changes({ before, after }: { readonly before: string; readonly after: string }): ReactNode {
  return (
    <div className={classes['changes']}>
      {lineChanges(before, after).map(({ kind, line }, index) => {
        const Line = elementOf[kind];
        return (
          // The lines of a version never change.
          <Line key={index} className={classes[kind]}>
            {line === '' ? '\u00a0' : line}
          </Line>
        );
      })}
    </div>
  );
}
