import { useSearchParams } from 'wouter';
import { severities } from '../../../../src/domain/vocabulary.ts';
import type { RouteQuestion } from '../../api/simulations.ts';

/** What is asked, kept in the address: an answer can be sent to somebody. */
export function useQuestion(): readonly [RouteQuestion, (change: Partial<RouteQuestion>) => void] {
  const [search, setSearch] = useSearchParams();
  const change = (part: Partial<RouteQuestion>): void =>
    setSearch((current) => writeQuestion({ ...readQuestion(current), ...part }), { replace: true });
  return [readQuestion(search), change];
}

function readQuestion(search: URLSearchParams): RouteQuestion {
  const at = Date.parse(search.get('at') ?? '');
  return {
    service: search.get('service') ?? '',
    severity: severities.find((severity) => severity === search.get('severity')) ?? 'SEV1_CRITICAL',
    at: Number.isNaN(at) ? '' : new Date(at).toISOString(),
    scopes: (search.get('scopes') ?? '').split(',').filter((id) => id !== ''),
  };
}

function writeQuestion({ service, severity, at, scopes }: RouteQuestion): URLSearchParams {
  const search = new URLSearchParams();
  if (service !== '') search.set('service', service);
  search.set('severity', severity);
  if (at !== '') search.set('at', at);
  if (scopes.length > 0) search.set('scopes', scopes.join(','));
  return search;
}
