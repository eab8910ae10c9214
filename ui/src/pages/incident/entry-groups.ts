export const groups = ['comments', 'notifications', 'alerts', 'changes'] as const;
export type EntryGroup = (typeof groups)[number];

/** Which filter of the timeline shows an entry of this type. An unknown type is a change. */
export function groupOf(type: string): EntryGroup {
  switch (type) {
    case 'COMMENT_ADDED':
    case 'COMMENT_EDITED':
    case 'COMMENT_DELETED':
    case 'COMMENT_PINNED':
    case 'COMMENT_UNPINNED':
      return 'comments';
    case 'ALERT_SENT':
    case 'DELIVERY_FAILED':
    case 'DELIVERY_SKIPPED':
      return 'notifications';
    case 'ALERT_RECEIVED':
      return 'alerts';
    default:
      return 'changes';
  }
}
