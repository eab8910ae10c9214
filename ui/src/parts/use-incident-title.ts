import type { Incident } from '../../../src/api/wire.ts';
import { useWords } from './use-words.ts';

/** What an incident is called: what its alerts have in common, and else as it was opened. */
export function useIncidentTitle(): (incident: Pick<Incident, 'title' | 'group'>) => string {
  const words = useWords();
  return ({ title, group }) => (group === null ? title : words(group.title));
}
