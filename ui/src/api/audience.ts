import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request, withQuery } from './request.ts';
import type { Said, Severity } from './shapes.ts';

/** Who would be told of an incident that opened now. */
export interface Audience {
  readonly policy: { readonly name: string; readonly version: number };
  readonly levels: readonly { readonly level: number; readonly after_seconds: number; readonly recipients: readonly Recipient[] }[];
  readonly repeat: number;
  readonly fallback: readonly Recipient[];
  readonly notices: readonly Recipient[];
}

export interface Recipient {
  readonly name: string;
  readonly ways: readonly { readonly provider: string; readonly address: string | null; readonly at_once: boolean }[];
  readonly reasons: readonly Said[];
}

export const audienceFor = (service: string, severity: Severity, scopes: readonly string[]) =>
  queryOptions({
    queryKey: ['audience', service, severity, scopes],
    queryFn: ({ signal }) =>
      request<Audience>(withQuery('/api/v1/home/audience/', { service, severity, impact_scopes: scopes.join(',') }), { signal }),
    enabled: service !== '',
    placeholderData: keepPreviousData,
  });
