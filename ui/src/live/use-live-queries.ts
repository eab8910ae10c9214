import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listRestMs, paced } from './paced.ts';
import { followEvents, type LiveMessage } from './stream.ts';

/** The server counts the figures of the home page once in three seconds. */
const figuresRestMs = 3000;

/** Reads again whatever the stream says has changed. */
export function useLiveQueries(): void {
  const queries = useQueryClient();
  useEffect(() => {
    return followEvents(createFollower(queries));
  }, [queries]);
}

function createFollower(queries: QueryClient): (message: LiveMessage) => void {
  const readAgain = (...queryKeys: readonly (readonly string[])[]): Promise<unknown> =>
    Promise.all(queryKeys.map((queryKey) => queries.invalidateQueries({ queryKey })));
  const changed = new Set<string>();
  const refreshIncidents = paced(() => {
    const ids = [...changed];
    changed.clear();
    return readAgain(...ids.map((id) => ['incident', id]));
  }, listRestMs);
  const refreshLists = paced(() => readAgain(['incidents'], ['alerts'], ['inbox']), listRestMs);
  const refreshFigures = paced(() => readAgain(['home']), figuresRestMs);

  return function follow(message) {
    if (message.type === 'reset') {
      void queries.invalidateQueries();
      return;
    }
    if (message.type === 'open') {
      const openedAtMs = Date.now();
      void queries.invalidateQueries({
        predicate: ({ state, queryKey }) => queryKey[0] !== 'session' && state.status === 'success' && state.dataUpdatedAt < openedAtMs,
      });
      return;
    }
    changed.add(message.short_id);
    refreshIncidents();
    refreshLists();
    refreshFigures();
    // And once more after the rest: what the server gives now may have been counted before this change.
    refreshFigures();
  };
}
