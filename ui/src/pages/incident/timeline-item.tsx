import {
  IconAlertTriangle,
  IconArrowUpRight,
  IconBell,
  IconCircleCheck,
  IconCircleX,
  IconFileText,
  IconFlag,
  IconMessage,
  IconMessages,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
  IconUser,
  type Icon,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../../../src/api/wire.ts';
import { Face } from '../../parts/person.tsx';
import { Ago, Clock } from '../../parts/times.tsx';
import { useWords } from '../../parts/use-words.ts';
import type { CommentNow } from './comments-now.ts';
import { CommentText } from './comment-text.tsx';
import classes from './timeline.module.css';

const icons: Readonly<Record<string, Icon>> = {
  INCIDENT_OPENED: IconPlayerPlay,
  ALERT_RECEIVED: IconBell,
  COMMENT_ADDED: IconMessage,
  STATUS_CHANGED: IconCircleCheck,
  SEVERITY_CHANGED: IconFlag,
  ASSIGNEE_CHANGED: IconUser,
  IMPACT_SCOPE_ADDED: IconUser,
  ESCALATED: IconArrowUpRight,
  ALERT_SENT: IconSend,
  DELIVERY_FAILED: IconCircleX,
  DELIVERY_SKIPPED: IconAlertTriangle,
  DOCUMENT_CREATED: IconFileText,
  DOCUMENT_FAILED: IconAlertTriangle,
  WAR_ROOM_CREATED: IconMessages,
  WAR_ROOM_SKIPPED: IconAlertTriangle,
  WAR_ROOM_FAILED: IconAlertTriangle,
};

/** `api` is a word of programs. */
const viaOf = (via: string): string =>
  via === 'api' || via === 'cli' ? via.toUpperCase() : `${via.charAt(0).toUpperCase()}${via.slice(1)}`;

interface TimelineItemProps {
  readonly entry: TimelineEntry;
  readonly now: CommentNow;
}

export const TimelineItem = memo(function TimelineItem({ entry, now }: TimelineItemProps): ReactNode {
  const { t } = useTranslation();
  // A status that goes back to triggered is nothing to tick off.
  const isTriggeredAgain = entry.type === 'STATUS_CHANGED' && entry.data['status'] === 'TRIGGERED';
  const EntryIcon = (isTriggeredAgain ? undefined : icons[entry.type]) ?? IconRefresh;
  const isComment = entry.type === 'COMMENT_ADDED';
  const isBad = entry.type.endsWith('_FAILED');
  const words = useWords()(entry);
  return (
    <li className={classes['entry']} data-type={entry.type} data-bad={isBad || undefined} data-again={isTriggeredAgain || undefined}>
      <span className={classes['icon']} aria-hidden>
        {isComment && entry.actor.type === 'user' ? <Face name={entry.actor.name} size={26} /> : <EntryIcon size={15} />}
      </span>
      <div className={classes['body']}>
        {isComment && (
          <p className={classes['author']}>
            {entry.actor.type === 'monitoring' ? t('timeline.monitoring') : entry.actor.name}{' '}
            {entry.actor.type === 'user' && entry.actor.via !== 'page' && (
              <span className="dim">{t('timeline.via', { via: viaOf(entry.actor.via) })}</span>
            )}{' '}
            {now.isPinned && now.deletedBy === null && <span className="dim">📌 {t('timeline.pinned')}</span>}
          </p>
        )}
        {isComment && now.deletedBy !== null && (
          <p className={`${classes['message']} dim`}>{t('timeline.deleted', { by: now.deletedBy })}</p>
        )}
        {isComment && now.deletedBy === null && <CommentText text={now.text ?? words} />}
        {isComment && now.deletedBy === null && now.text !== null && <p className={`${classes['message']} dim`}>{t('timeline.edited')}</p>}
        {!isComment && <p className={classes['message']}>{words}</p>}
      </div>
      <span className={classes['when']}>
        <Ago at={entry.timestamp} />
        <Clock at={entry.timestamp} />
      </span>
    </li>
  );
});
