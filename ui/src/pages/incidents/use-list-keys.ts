import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Incident } from '../../../../src/api/wire.ts';
import { isTyping } from '../../parts/typing.ts';
import type { useIncidentAction } from '../../parts/use-incident-action.tsx';
import { leaveFor, readReturn } from './came-back.ts';

/** j and k move, Enter opens, a acknowledges, / searches; who comes back is where they left. Returns the selected incident's id. */
export function useListKeys(incidents: readonly Incident[], act: ReturnType<typeof useIncidentAction>['act']): string | null {
  const [selected, setSelected] = useState<string | null>(null);
  const [, navigate] = useLocation();
  const returnsTo = useRef<string | null | undefined>(undefined);
  useEffect(() => {
    // Where the page was left is known when it is drawn; the row may come later.
    if (returnsTo.current === undefined) returnsTo.current = readReturn();
    const row = incidents.find(({ short_id }) => short_id === returnsTo.current);
    if (row === undefined) return;
    returnsTo.current = null;
    setSelected(row.id);
    document.getElementById(`row-${row.short_id}`)?.focus();
  }, [incidents]);
  const latest = useRef({ incidents, selected, act, navigate });
  useEffect(() => {
    latest.current = { incidents, selected, act, navigate };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const { incidents: rows, selected: at, act: perform, navigate: goTo } = latest.current;
      const index = rows.findIndex((row) => row.id === at);
      const move = (to: number): void => {
        const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
        if (row === undefined) return;
        setSelected(row.id);
        document.getElementById(`row-${row.short_id}`)?.focus();
      };
      const current = rows[index];
      if (event.key === 'j') move(index + 1);
      else if (event.key === 'k') move(index - 1);
      else if (event.key === 'Enter' && current !== undefined && !isControl(event.target)) {
        leaveFor(current.short_id);
        goTo(`/dashboard/incidents/${current.short_id}/`);
      } else if (event.key === 'a' && current?.status === 'TRIGGERED') perform(current.short_id, { kind: 'acknowledge' });
      else if (event.key === '/') {
        event.preventDefault();
        document.getElementById('incident-search')?.focus();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return selected;
}

const isControl = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest('a, button') !== null;
