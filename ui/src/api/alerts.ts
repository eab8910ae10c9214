import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { requestPathOf } from '../base-path.ts';
import { request, withQuery } from './request.ts';
import type { Alert, List, Ref, Severity } from './shapes.ts';

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

export interface AlertDetail extends Alert {
  readonly deliveries: readonly { readonly id: string; readonly status: string; readonly received_at: string; readonly payload: unknown }[];
}

export const alertRead = (id: string) =>
  queryOptions({ queryKey: ['alerts', 'read', id], queryFn: ({ signal }) => request<AlertDetail>(`/api/v1/alerts/${id}/`, { signal }) });

export interface RejectedPayload {
  readonly id: string;
  readonly source: string;
  readonly reason: string;
  readonly field: string | null;
  readonly content_type: string | null;
  readonly size: number;
  readonly count: number;
  readonly first_received_at: string;
  readonly last_received_at: string;
}

export const rejectedList = queryOptions({
  queryKey: ['alerts', 'rejected'],
  queryFn: ({ signal }) => request<List<RejectedPayload>>('/api/v1/rejected-payloads/?limit=100', { signal }),
  refetchInterval: lookAgainMs,
});

export const rejectedRead = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'rejected', id],
    queryFn: ({ signal }) => request<RejectedPayload & { readonly body: string }>(`/api/v1/rejected-payloads/${id}/`, { signal }),
  });

interface Place {
  readonly service: Ref;
  readonly incident: { readonly id: string; readonly short_id: string } | null;
}

/** What became of an alert that was delivered again. */
export interface Redelivered extends Place {
  readonly outcome: string;
  readonly summary: string;
  readonly rule: Ref | null;
  readonly before: Place | null;
}

/** Handles what a source sent once more, by today's rules. */
export const deliverAgain = (
  what: 'alerts' | 'rejected-payloads',
  id: string,
  idempotencyKey: string,
): Promise<{ readonly alerts: readonly Redelivered[] }> => request(`/api/v1/${what}/${id}/redeliver/`, { method: 'POST', idempotencyKey });

export interface NewRule {
  readonly name: string;
  readonly source: string | null;
  readonly conditions: readonly { readonly field: string; readonly operator: string; readonly value: string }[];
  readonly service: string | null;
  readonly severity: Severity | null;
  readonly suppress: boolean;
}

export const makeRule = (rule: NewRule, idempotencyKey: string): Promise<Ref> =>
  request('/api/v1/alert-rules/', { method: 'POST', body: rule, idempotencyKey });
