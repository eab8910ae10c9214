import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { Duties, Figures, Surroundings } from '../../../src/api/wire.ts';

/** What surrounds the pages: facts of the installation. */
export const surroundings = queryOptions({
  queryKey: ['surroundings'],
  queryFn: ({ signal }) => request<Surroundings>('/api/v1/home/surroundings/', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The reader's own duty; it changes with the clock. */
export const duties = queryOptions({
  queryKey: ['home', 'on-call'],
  queryFn: ({ signal }) => request<Duties>('/api/v1/home/on-call/', { signal }),
  staleTime: 60_000,
  refetchInterval: 60_000,
});

export const figures = queryOptions({
  queryKey: ['home', 'figures'],
  queryFn: ({ signal }) => request<Figures>('/api/v1/home/', { signal }),
  refetchInterval: 15_000,
});
