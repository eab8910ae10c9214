import { infiniteQueryOptions } from '@tanstack/react-query';
import { requestPathOf } from '../base-path.ts';
import { request } from './request.ts';
import type { InboxMessage, List } from '../../../src/api/wire.ts';

export const inboxList = infiniteQueryOptions({
  queryKey: ['inbox'],
  queryFn: ({ pageParam, signal }) => request<List<InboxMessage>>(pageParam, { signal }),
  initialPageParam: '/api/v1/inbox/?limit=50',
  getNextPageParam: (last) => (last.next === null ? null : requestPathOf(last.next)),
  // What arrives here is announced by no event.
  refetchInterval: 3_000,
});
