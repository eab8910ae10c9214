import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { Severity } from './shapes.ts';

/** What surrounds the pages: facts of the installation. */
export interface Surroundings {
  readonly demo: boolean;
  readonly temporal_ui_url: string | null;
  readonly temporal_namespace: string;
  readonly base_url: string;
}

export const surroundings = queryOptions({
  queryKey: ['surroundings'],
  queryFn: ({ signal }) => request<Surroundings>('/api/v1/home/surroundings/', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export interface Figures {
  readonly at: string;
  readonly open: {
    readonly total: number;
    readonly triggered: number;
    readonly oldest_at: string | null;
    readonly by_severity: Readonly<Record<Severity, number>>;
  };
  readonly incidents_by_hour: readonly HourCount[];
  readonly alerts_last_day: { readonly received: number; readonly repeats: number; readonly suppressed: number; readonly rejected: number };
  readonly response: { readonly days: number; readonly acknowledged: Spread; readonly resolved: Spread };
  readonly deliveries: readonly ProviderDeliveries[];
  readonly health: {
    readonly postgres_ms: number;
    readonly temporal: boolean;
    readonly outbox: { readonly waiting: number; readonly oldest_seconds: number | null };
    readonly last_alert_at: string | null;
    readonly intake_lag_seconds: number | null;
    readonly overdue: number;
  };
}

export interface HourCount {
  readonly hour: string;
  readonly by_severity: Readonly<Record<Severity, number>>;
}

/** Seconds; null where there is nothing to measure. */
export interface Spread {
  readonly count: number;
  readonly median_seconds: number | null;
  readonly p90_seconds: number | null;
}

export interface ProviderDeliveries {
  readonly provider: string;
  readonly type: string;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unknown: number;
}

export const figures = queryOptions({
  queryKey: ['home', 'figures'],
  queryFn: ({ signal }) => request<Figures>('/api/v1/home/', { signal }),
  refetchInterval: 15_000,
});
