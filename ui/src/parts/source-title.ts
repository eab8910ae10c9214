import { useQuery } from '@tanstack/react-query';
import { surroundings } from '../api/home.ts';

/** `Prometheus Alertmanager` for `alertmanager`; the type itself for one that is not known (any more). */
export function useSourceTitle(): (type: string) => string {
  const { data } = useQuery(surroundings);
  return (type) => data?.alert_sources.find((source) => source.type === type)?.title ?? type;
}
