import type { TimelineEntry } from '../../../../src/api/wire.ts';

/** What became of a comment in the chat that it came from. */
export interface CommentNow {
  /** As it was edited last; null where it was not. */
  readonly text: string | null;
  readonly deletedBy: string | null;
  readonly isPinned: boolean;
}

const untouched: CommentNow = { text: null, deletedBy: null, isPinned: false };
const changes: ReadonlySet<string> = new Set(['COMMENT_EDITED', 'COMMENT_DELETED', 'COMMENT_PINNED', 'COMMENT_UNPINNED']);

export interface Conversation {
  /** Without the changes that their comment shows itself. */
  readonly entries: readonly TimelineEntry[];
  commentNow(entry: TimelineEntry): CommentNow;
}

/** @param entries newest first, as far as they are loaded: a change whose comment is not among them stands by itself */
export function conversationOf(entries: readonly TimelineEntry[]): Conversation {
  const now = new Map<unknown, CommentNow>();
  for (const { type, data } of entries) if (type === 'COMMENT_ADDED' && data['from'] !== undefined) now.set(data['from'], untouched);
  const shown = entries.filter(({ type, data }) => !changes.has(type) || !now.has(data['of']));
  for (const entry of entries.toReversed()) {
    const before = now.get(entry.data['of']);
    if (before !== undefined && changes.has(entry.type)) now.set(entry.data['of'], changed(before, entry));
  }
  return { entries: shown, commentNow: ({ data }) => now.get(data['from']) ?? untouched };
}

function changed(before: CommentNow, { type, data, actor }: TimelineEntry): CommentNow {
  switch (type) {
    case 'COMMENT_EDITED':
      return { ...before, text: String(data['text']) };
    case 'COMMENT_DELETED':
      return { ...before, deletedBy: actor.name };
    default:
      return { ...before, isPinned: type === 'COMMENT_PINNED' };
  }
}
