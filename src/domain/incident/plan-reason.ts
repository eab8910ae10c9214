import { said, type Said, type SaidCode } from '../said.ts';
import type { IncidentEvent } from '../vocabulary.ts';
import type { Plan } from './paging.ts';
import type { IncidentState } from './state.ts';

const eventReasons = {
  'incident.created': 'reason.event.created',
  'incident.acknowledged': 'reason.event.acknowledged',
  'incident.resolved': 'reason.event.resolved',
  'incident.escalated': 'reason.event.escalated',
  'comment.added': 'reason.event.comment',
} as const satisfies Record<IncidentEvent, SaidCode>;

/** The first reason of every page: the step of the escalation, or the event. */
export function planReason(plan: Plan, { policy: { name, version } }: Pick<IncidentState, 'policy'>): Said {
  switch (plan.for) {
    case 'level':
      return said('reason.level', { name, version, round: plan.round + 1, level: plan.level + 1 });
    case 'fallback':
      return said('reason.fallback', { name, version });
    case 'last_resort':
      return said('reason.fallbackUnreached', { name, version });
    case 'assignee':
      return said('reason.assigned', { by: plan.by });
    case 'holder':
      return said('reason.joined', { count: plan.count });
    case 'event':
      return plan.addedScopes === undefined ? said(eventReasons[plan.event]) : said('reason.scopeAdded', { by: plan.addedScopes.by });
  }
}
