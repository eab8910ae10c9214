import type { Plan } from '../domain/incident/paging.ts';
import { said, type Said } from '../domain/said.ts';
import type { IncidentNow } from './incident-now.ts';

/** A page is void once somebody has the incident, by what the workflow wrote or by a command that it has yet to read; what informs never is. */
export function whyUnwanted(plan: Plan, { status, epoch, acknowledgedBy, pendingBy }: IncidentNow): Said | null {
  if (plan.for === 'event') return null;
  if (pendingBy !== null) return said('cause.justTaken', { who: pendingBy });
  if (epoch > plan.epoch) return said('cause.begunAnew');
  if (epoch < plan.epoch) return null;
  if (status === 'ACKNOWLEDGED') return said('cause.acknowledgedBy', { who: acknowledgedBy ?? 'somebody' });
  return status === 'RESOLVED' ? said('cause.resolved') : null;
}
