import { expect, test } from 'vitest';
import type { TimelineEntry } from '../../src/api/wire.ts';
import { conversationOf } from '../../ui/src/pages/incident/comments-now.ts';

let sequence = 0;
const entry = (type: string, data: Record<string, unknown>, by = 'Ann'): TimelineEntry =>
  ({
    sequence: (sequence += 1),
    type,
    data,
    actor: { type: 'user', name: by, via: 'slack' },
    timestamp: '2026-11-21T10:02:03.000Z',
  }) as never;

test('a comment shows what became of it in the chat, and the changes stand no longer by themselves', () => {
  const comment = entry('COMMENT_ADDED', { text: 'Failing over', from: 'm1' });
  const changes = [
    entry('COMMENT_EDITED', { of: 'm1', text: 'Failing over to the replica' }),
    entry('COMMENT_PINNED', { of: 'm1' }),
    entry('COMMENT_EDITED', { of: 'm1', text: 'Failed over' }),
  ];
  const { entries, commentNow } = conversationOf([comment, ...changes].toReversed());
  expect(entries).toEqual([comment]);
  expect(commentNow(comment)).toEqual({ text: 'Failed over', deletedBy: null, isPinned: true });
});

test('what was deleted or unpinned is so, and a comment of the page is as it was written', () => {
  const [one, own] = [entry('COMMENT_ADDED', { text: 'a', from: 'm1' }), entry('COMMENT_ADDED', { text: 'b' })];
  const changes = [
    entry('COMMENT_PINNED', { of: 'm1' }),
    entry('COMMENT_UNPINNED', { of: 'm1' }),
    entry('COMMENT_DELETED', { of: 'm1' }, 'Bob'),
  ];
  const { commentNow } = conversationOf([one, own, ...changes].toReversed());
  expect(commentNow(one)).toEqual({ text: null, deletedBy: 'Bob', isPinned: false });
  expect(commentNow(own)).toEqual({ text: null, deletedBy: null, isPinned: false });
});

test('a change whose comment is not loaded stands by itself', () => {
  const change = entry('COMMENT_EDITED', { of: 'm9', text: 'x' });
  expect(conversationOf([change]).entries).toEqual([change]);
});
