import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { catchAllService } from '../../api/choices.ts';
import { useMe } from '../../session/session.ts';
import type { IncidentParts } from './parts.ts';

const Mover = lazy(() => import('./mover.tsx'));

/** For an incident that no rule or name led anywhere. */
export function MoveService({ id, incident }: Pick<IncidentParts, 'id' | 'incident'>): ReactNode {
  const me = useMe();
  const { data: catchAll } = useQuery(catchAllService);
  const isUnrouted = catchAll === incident.service.id && incident.status !== 'RESOLVED' && incident.alerts.firing > 0;
  if (!isUnrouted || me?.is_staff !== true) return null;
  return (
    <Suspense>
      <Mover id={id} incident={incident} />
    </Suspense>
  );
}
