import { said, type Said } from '../said.ts';
import type { IncidentStatus } from '../vocabulary.ts';
import type { Plan } from './paging.ts';

/** What is known of the incident when it is told. Instants are epoch milliseconds. */
export interface ToldOf {
  readonly acknowledgedBy: string | null;
  /** Since when nobody has it. */
  readonly triggeredAtMs: number;
}

/** What a message is for, in a few words. `atMs` is when it was decided: the same on every attempt. */
export function occasionOf(plan: Plan, atMs: number, { acknowledgedBy, triggeredAtMs }: ToldOf): Said {
  if (plan.for === 'assignee') return said('message.occasion.assigned', { by: plan.by });
  if (plan.for === 'holder') return said('message.occasion.joined', { count: plan.count, summary: plan.summary });
  if (plan.for !== 'event') {
    const isFirst = plan.for === 'level' && plan.level === 0 && plan.round === 0;
    // A level that reaches nobody is passed over at once.
    const minutes = Math.round((atMs - triggeredAtMs) / 60_000);
    if (!isFirst && minutes > 0) return said('message.occasion.unacknowledged', { after: spanText(minutes) });
    return plan.epoch > 1 ? said('message.occasion.again') : said('message.occasion.new');
  }
  if (plan.addedScopes !== undefined) return said('message.occasion.scopeAdded', { by: plan.addedScopes.by });
  switch (plan.event) {
    case 'incident.created':
      return said('message.occasion.new');
    case 'incident.acknowledged':
      return acknowledgedBy === null ? said('status.ACKNOWLEDGED') : said('message.occasion.acknowledged', { who: acknowledgedBy });
    case 'incident.resolved':
      return said('message.occasion.resolved');
    case 'incident.escalated':
      return said('message.occasion.escalated');
    case 'comment.added':
      return said('message.occasion.comment');
  }
}

/** What a message is for that stands for the incident as it is: one that is kept in step. */
export function standingOccasion({ status, acknowledgedBy }: Pick<ToldOf, 'acknowledgedBy'> & { readonly status: IncidentStatus }): Said {
  switch (status) {
    case 'TRIGGERED':
      return said('status.TRIGGERED');
    case 'ACKNOWLEDGED':
      return acknowledgedBy === null ? said('status.ACKNOWLEDGED') : said('message.occasion.acknowledged', { who: acknowledgedBy });
    case 'RESOLVED':
      return said('message.occasion.resolved');
  }
}

/** `15 min`, `1 h 15 min`: the same in both languages. */
function spanText(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
