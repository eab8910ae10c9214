import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request, withQuery } from './request.ts';
import type { Audience, Severity } from '../../../src/api/wire.ts';

/** Who would be told of an incident that opened now. */
export const audienceFor = (service: string, severity: Severity, scopes: readonly string[]) =>
  queryOptions({
    queryKey: ['audience', service, severity, scopes],
    queryFn: ({ signal }) =>
      request<Audience>(withQuery('/api/v1/home/audience/', { service, severity, impact_scopes: scopes.join(',') }), { signal }),
    enabled: service !== '',
    placeholderData: keepPreviousData,
  });
