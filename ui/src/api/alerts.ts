import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { requestPathOf } from '../base-path.ts';
import { request, withQuery } from './request.ts';
import type {
  Alert,
  AlertDetail,
  AlertRule,
  AlertRuleBody,
  List,
  Redelivered,
  Ref,
  RejectedPayload,
  RejectedPayloadDetail,
} from '../../../src/api/wire.ts';

export interface AlertFilters {
  readonly status: 'firing' | 'resolved' | null;
  readonly search: string;
}

/** What arrives without changing an incident is announced by no event. */
const lookAgainMs = 10_000;

export const alertList = (filters: AlertFilters) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'list', filters],
    queryFn: ({ pageParam, signal }) => request<List<Alert>>(pageParam, { signal }),
    initialPageParam: withQuery('/api/v1/alerts/', { ...filters, limit: 50 }),
    getNextPageParam: (last) => (last.next === null ? null : requestPathOf(last.next)),
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs,
  });

export const alertRead = (id: string) =>
  queryOptions({ queryKey: ['alerts', 'read', id], queryFn: ({ signal }) => request<AlertDetail>(`/api/v1/alerts/${id}/`, { signal }) });

export const rejectedList = queryOptions({
  queryKey: ['alerts', 'rejected'],
  queryFn: ({ signal }) => request<List<RejectedPayload>>('/api/v1/rejected-payloads/?limit=100', { signal }),
  refetchInterval: lookAgainMs,
});

export const rejectedRead = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'rejected', id],
    queryFn: ({ signal }) => request<RejectedPayloadDetail>(`/api/v1/rejected-payloads/${id}/`, { signal }),
  });

/** Handles what a source sent once more, by today's rules. */
export const deliverAgain = (
  what: 'alerts' | 'rejected-payloads',
  id: string,
  idempotencyKey: string,
): Promise<{ readonly alerts: readonly Redelivered[] }> => request(`/api/v1/${what}/${id}/redeliver/`, { method: 'POST', idempotencyKey });

/** In the order in which they are tried. */
export const ruleList = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: ({ signal }) => request<List<AlertRule>>('/api/v1/alert-rules/?ordering=position&limit=200', { signal }),
});

/** A rule for alerts of this name and source. */
export const ruleFor = ({ source, name }: Pick<Alert, 'source' | 'name'>) =>
  ({
    name: `${source}: ${name}`.slice(0, 190),
    source,
    conditions: [{ field: 'name', operator: 'equals', value: name }],
  }) satisfies AlertRuleBody;

export const deleteRule = (id: string, idempotencyKey: string): Promise<void> =>
  request(`/api/v1/alert-rules/${id}/`, { method: 'DELETE', idempotencyKey });

export const dismissRejected = (id: string, idempotencyKey: string): Promise<void> =>
  request(`/api/v1/rejected-payloads/${id}/`, { method: 'DELETE', idempotencyKey });

export const makeRule = (rule: AlertRuleBody, idempotencyKey: string): Promise<Ref> =>
  request('/api/v1/alert-rules/', { method: 'POST', body: rule, idempotencyKey });
