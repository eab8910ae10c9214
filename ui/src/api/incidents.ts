import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { requestPathOf } from '../base-path.ts';
import { request, withQuery } from './request.ts';
import type {
  Alert,
  Explanation,
  Incident,
  IncidentAfterCommand,
  IncidentBody,
  List,
  Severity,
  TimelineEntry,
} from '../../../src/api/wire.ts';

const base = '/api/v1/incidents/';
const pathOf = (id: string): string => `${base}${encodeURIComponent(id)}/`;

export interface IncidentFilters {
  readonly view: 'open' | 'resolved' | 'all';
  readonly severity: readonly Severity[];
  readonly service: string | null;
  readonly team: string | null;
  /** Of the open ones, those that nobody has acknowledged. */
  readonly unacknowledged: boolean;
  readonly mine: boolean;
  readonly search: string;
}

export const incidentList = (filters: IncidentFilters) =>
  infiniteQueryOptions({
    queryKey: ['incidents', 'list', filters],
    queryFn: ({ pageParam, signal }) => request<List<Incident>>(pageParam, { signal }),
    initialPageParam: withQuery(base, {
      ...(filters.view === 'open' ? { status: filters.unacknowledged ? 'TRIGGERED' : 'TRIGGERED,ACKNOWLEDGED', ordering: 'urgency' } : {}),
      ...(filters.view === 'resolved' ? { status: 'RESOLVED' } : {}),
      severity: filters.severity.join(','),
      service: filters.service,
      team: filters.team,
      involves: filters.mine ? 'me' : null,
      search: filters.search,
      limit: 50,
    }),
    getNextPageParam: (last) => (last.next === null ? null : requestPathOf(last.next)),
    placeholderData: keepPreviousData,
  });

/** How many are open, and the worst of them: for the tab's title and icon. */
export const openIncidents = queryOptions({
  queryKey: ['incidents', 'open'],
  queryFn: ({ signal }) =>
    request<List<Incident>>(withQuery(base, { status: 'TRIGGERED,ACKNOWLEDGED', ordering: 'urgency', limit: 20 }), { signal }),
});

/** How many incidents nobody has acknowledged. */
export const unacknowledgedCount = queryOptions({
  queryKey: ['incidents', 'unacknowledged'],
  queryFn: ({ signal }) => request<List<Incident>>(withQuery(base, { status: 'TRIGGERED', limit: 1 }), { signal }),
  select: ({ count }) => count,
});

export const incidentRead = (id: string) =>
  queryOptions({ queryKey: ['incident', id, 'read'], queryFn: ({ signal }) => request<Incident>(pathOf(id), { signal }) });

export const incidentExplanation = (id: string) =>
  queryOptions({
    queryKey: ['incident', id, 'explain'],
    queryFn: ({ signal }) => request<Explanation>(`${pathOf(id)}explain/`, { signal }),
    // A first attempt that takes its time is announced by no event.
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? lookAgainMs : false),
  });

const lookAgainMs = 5_000;

const isUnderWay = ({ status, pages }: Explanation): boolean =>
  pages.some(({ outcome }) => outcome === 'pending') || (status === 'TRIGGERED' && pages.every(({ outcome }) => outcome === 'due'));

export const incidentTimeline = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['incident', id, 'timeline'],
    queryFn: ({ pageParam, signal }) => request<List<TimelineEntry>>(pageParam, { signal }),
    initialPageParam: withQuery(`${pathOf(id)}timeline/`, { ordering: '-sequence', limit: 100 }),
    getNextPageParam: (last) => (last.next === null ? null : requestPathOf(last.next)),
  });

export const incidentAlerts = (id: string, incidentId: string) =>
  queryOptions({
    queryKey: ['incident', id, 'alerts'],
    queryFn: ({ signal }) => request<List<Alert>>(withQuery('/api/v1/alerts/', { incident: incidentId, limit: 50 }), { signal }),
  });

export type IncidentAction =
  | { readonly kind: 'acknowledge' | 'escalate' }
  | { readonly kind: 'resolve' | 'reopen'; readonly note?: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'change_severity'; readonly severity: Severity }
  | { readonly kind: 'add_scope'; readonly scope: string }
  | { readonly kind: 'assign'; readonly assignee: string | null };

export function act(id: string, action: IncidentAction, idempotencyKey: string): Promise<IncidentAfterCommand> {
  switch (action.kind) {
    case 'acknowledge':
    case 'escalate':
      return request(`${pathOf(id)}${action.kind}/`, { method: 'POST', body: {}, idempotencyKey });
    case 'resolve':
    case 'reopen':
      return request(`${pathOf(id)}${action.kind}/`, {
        method: 'POST',
        body: action.note === undefined ? {} : { note: action.note },
        idempotencyKey,
      });
    case 'comment':
      return request(`${pathOf(id)}comments/`, { method: 'POST', body: { text: action.text }, idempotencyKey });
    case 'change_severity':
      return request(pathOf(id), { method: 'PATCH', body: { severity: action.severity }, idempotencyKey });
    case 'add_scope':
      return request(`${pathOf(id)}impact-scopes/`, { method: 'POST', body: { impact_scopes: [action.scope] }, idempotencyKey });
    case 'assign':
      return request(pathOf(id), { method: 'PATCH', body: { assignee: action.assignee }, idempotencyKey });
  }
}

export const openIncident = (incident: IncidentBody, idempotencyKey: string): Promise<Incident> =>
  request(base, { method: 'POST', body: incident, idempotencyKey });
