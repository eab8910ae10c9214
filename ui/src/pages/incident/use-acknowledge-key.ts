import { useEffect, useRef } from 'react';
import type { Incident } from '../../../../src/api/wire.ts';
import { isTyping } from '../../parts/typing.ts';

/** `a` acknowledges, as it does in the list. */
export function useAcknowledgeKey(incident: Incident | undefined, acknowledge: () => void): void {
  const latest = useRef({ incident, acknowledge });
  useEffect(() => {
    latest.current = { incident, acknowledge };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'a' || event.metaKey || event.ctrlKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (latest.current.incident?.status === 'TRIGGERED') latest.current.acknowledge();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
