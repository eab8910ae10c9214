import type { Plan } from '../domain/incident/paging.ts';
import { said, type Said } from '../domain/said.ts';
import type { IncidentNow } from './incident-now.ts';

/** A page is void once somebody has the incident, by what the workflow wrote or by a command that it has yet to read; what informs never is. */
export function whyUnwanted(plan: Plan, now: IncidentNow): Said | null {
  const { status, epoch, acknowledgedBy, pendingBy } = now;
  if (plan.for === 'event') return null;
  if (plan.for === 'holder') return whyNotTheirs(plan, now);
  if (plan.for === 'assignee') return whyAssigneeKnows(plan, now);
  if (pendingBy !== null) return said('cause.justTaken', { who: pendingBy });
  if (epoch > plan.epoch) return said('cause.begunAnew');
  if (epoch < plan.epoch) return null;
  if (status === 'ACKNOWLEDGED') return said('cause.acknowledgedBy', { who: acknowledgedBy ?? 'somebody' });
  return status === 'RESOLVED' ? said('cause.resolved') : null;
}

function whyNotTheirs({ userId, name, epoch }: Extract<Plan, { for: 'holder' }>, now: IncidentNow): Said | null {
  if (now.status === 'RESOLVED') return said('cause.resolved');
  if (now.pendingKind === 'resolve') return said('cause.justTaken', { who: now.pendingBy ?? 'somebody' });
  if (now.epoch > epoch) return said('cause.begunAnew');
  return now.assigneeId === userId || now.acknowledgedById === userId ? null : said('cause.reassigned', { who: name });
}

/** That somebody else acknowledges it is no news to them. */
function whyAssigneeKnows({ userId, name }: Extract<Plan, { for: 'assignee' }>, now: IncidentNow): Said | null {
  if (now.status === 'RESOLVED') return said('cause.resolved');
  if (now.assigneeId !== userId) return said('cause.reassigned', { who: name });
  if (now.acknowledgedById === userId) return said('cause.acknowledgedBy', { who: name });
  if (now.pendingKind !== 'resolve' && now.pendingById !== userId) return null;
  return said('cause.justTaken', { who: now.pendingBy ?? name });
}
