import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { followEvents, type LiveMessage } from './stream.ts';

/** In a storm of changes, lists are read again at most this often. The first change is read at once. */
const listPauseMs = 1000;

/** Reads again whatever the stream says has changed. */
export function useLiveQueries(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const refreshLists = paced(() => {
      void queries.invalidateQueries({ queryKey: ['incidents'] });
      void queries.invalidateQueries({ queryKey: ['alerts'] });
      void queries.invalidateQueries({ queryKey: ['inbox'] });
      void queries.invalidateQueries({ queryKey: ['home'] });
    }, listPauseMs);
    return followEvents((message) => apply(message, queries, refreshLists));
  }, [queries]);
}

function apply(message: LiveMessage, queries: QueryClient, refreshLists: () => void): void {
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
  void queries.invalidateQueries({ queryKey: ['incident', message.short_id] });
  refreshLists();
}

/** Runs at once, then at most every `pauseMs`, and once more after the last call. */
export function paced(run: () => void, pauseMs: number): () => void {
  let again = false;
  let resting = false;
  const rest = (): void => {
    resting = true;
    setTimeout(() => {
      resting = false;
      if (!again) return;
      again = false;
      run();
      rest();
    }, pauseMs);
  };
  return () => {
    if (resting) {
      again = true;
      return;
    }
    run();
    rest();
  };
}
