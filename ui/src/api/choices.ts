import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import type { List, Ref, User } from '../../../src/api/wire.ts';

/** Lists to choose from. They change seldom. */
const staleTime = 5 * 60_000;

const choices = (path: 'services' | 'teams' | 'impact-scopes') =>
  queryOptions({
    queryKey: ['choices', path],
    queryFn: ({ signal }) => request<List<Ref>>(`/api/v1/${path}/?limit=200`, { signal }),
    select: (list) => list.results.map(({ id, name }) => ({ value: id, label: name })),
    staleTime,
  });

/** The service of alerts that no rule and no name leads anywhere. */
export const catchAllService = queryOptions({
  queryKey: ['choices', 'catch-all'],
  queryFn: ({ signal }) => request<List<Ref>>('/api/v1/services/?is_catch_all=true&limit=1', { signal }),
  select: ({ results }) => results[0]?.id ?? null,
  staleTime,
});

export const services = choices('services');
export const teams = choices('teams');
export const impactScopes = choices('impact-scopes');

export const users = queryOptions({
  queryKey: ['choices', 'users'],
  queryFn: ({ signal }) => request<List<User>>('/api/v1/users/?limit=200', { signal }),
  select: (list) => list.results.map((user) => ({ value: user.id, label: user.display_name || user.username, username: user.username })),
  staleTime,
});
