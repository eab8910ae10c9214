import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request, withQuery } from './request.ts';
import type { Severity, SimulatedRoute } from '../../../src/api/wire.ts';

export interface RouteQuestion {
  /** An id; empty while none is chosen. */
  readonly service: string;
  readonly severity: Severity;
  /** RFC 3339; empty for now. */
  readonly at: string;
  /** Ids. */
  readonly scopes: readonly string[];
}

/** Who would be told of an incident that opened then. */
export const simulatedRoute = ({ service, severity, at, scopes }: RouteQuestion) =>
  queryOptions({
    queryKey: ['simulated-route', service, severity, at, scopes],
    queryFn: ({ signal }) =>
      request<SimulatedRoute>(withQuery('/api/v1/simulations/route/', { service, severity, at, impact_scopes: scopes.join(',') }), {
        signal,
      }),
    enabled: service !== '',
    placeholderData: keepPreviousData,
  });
