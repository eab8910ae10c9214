import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { severities } from '../../../../src/domain/vocabulary.ts';
import type { IncidentFilters } from '../../api/incidents.ts';
import type { Severity } from '../../../../src/api/wire.ts';

const views = ['open', 'resolved', 'all'] as const;

/** The list's filters, kept in the address, so that a view can be bookmarked, shared and gone back to. */
export function useIncidentFilters(): readonly [IncidentFilters, (change: Partial<IncidentFilters>) => void] {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => readFilters(search), [search]);
  const change = useCallback(
    (part: Partial<IncidentFilters>) => setSearch((current) => writeFilters({ ...readFilters(current), ...part }), { replace: true }),
    [setSearch],
  );
  return [filters, change];
}

export function readFilters(search: URLSearchParams): IncidentFilters {
  const asked = (search.get('severity') ?? '').split(',');
  return {
    view: views.find((view) => view === search.get('status')) ?? 'open',
    severity: severities.filter((severity): severity is Severity => asked.includes(severity)),
    service: search.get('service'),
    team: search.get('team'),
    unacknowledged: search.get('unacknowledged') === '1',
    mine: search.get('mine') === '1',
    search: search.get('search') ?? '',
  };
}

export function writeFilters(filters: IncidentFilters): URLSearchParams {
  const search = new URLSearchParams();
  if (filters.view !== 'open') search.set('status', filters.view);
  if (filters.severity.length > 0) search.set('severity', filters.severity.join(','));
  if (filters.service !== null) search.set('service', filters.service);
  if (filters.team !== null) search.set('team', filters.team);
  if (filters.unacknowledged && filters.view === 'open') search.set('unacknowledged', '1');
  if (filters.mine) search.set('mine', '1');
  if (filters.search !== '') search.set('search', filters.search);
  return search;
}

export const isFiltered = (filters: IncidentFilters): boolean => writeFilters({ ...filters, view: 'open' }).size > 0;
