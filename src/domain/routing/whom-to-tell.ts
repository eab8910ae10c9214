import type { PageTarget } from '../escalation-policy.ts';
import type { Plan, PlannedRecipient } from '../incident/paging.ts';
import type { IncidentState } from '../incident/state.ts';
import type { Directory } from './directory.ts';
import { addedScopes, followersOf, type EventAudience } from './followers.ts';
import { lastResort, recipientsOf } from './targets.ts';

type Incident = Pick<IncidentState, 'severity' | 'policy'>;

/** Whom a plan goes to at this instant, and whom it would go to were their providers not switched off. */
export function whomToTell(
  plan: Plan,
  incident: Incident,
  atMs: number,
  directory: Directory,
  audience: EventAudience,
): PlannedRecipient[] {
  const moment = { severity: incident.severity, atMs, directory };
  switch (plan.for) {
    case 'level':
    case 'fallback':
      return recipientsOf(targetsOf(plan, incident), audience.team, moment).filter(isTold);
    case 'last_resort':
      return lastResort(moment);
    case 'assignee':
    case 'holder':
      return recipientsOf([{ type: 'user', id: plan.userId }], audience.team, moment).filter(isTold);
    case 'event':
      if (plan.addedScopes !== undefined) return addedScopes(plan.addedScopes.ids, audience, moment);
      return followersOf(plan.event, audience, moment, ownPlaces(incident));
  }
}

/** People whom a step of the escalation is for, and whom nothing leads to: so that it is said. */
export function missedBy(
  plan: Plan,
  incident: Incident,
  atMs: number,
  directory: Directory,
  { team }: Pick<EventAudience, 'team'>,
): PlannedRecipient[] {
  if (plan.for !== 'level' && plan.for !== 'fallback') return [];
  const everybody = recipientsOf(targetsOf(plan, incident), team, { severity: incident.severity, atMs, directory });
  return everybody.filter((recipient) => recipient.userId !== null && !isTold(recipient));
}

/** Of the first level: providers that are named without an address. */
const ownPlaces = ({ policy }: Incident): ReadonlySet<string> =>
  new Set(
    (policy.document.levels[0]?.targets ?? []).flatMap((target) =>
      target.type === 'provider' && target.address === undefined ? [target.id] : [],
    ),
  );

const isTold = ({ ways, off }: PlannedRecipient): boolean => ways.length > 0 || off !== undefined;

const targetsOf = (plan: Plan & { readonly for: 'level' | 'fallback' }, { policy: { document } }: Incident): readonly PageTarget[] =>
  plan.for === 'level' ? (document.levels[plan.level]?.targets ?? []) : document.fallback;
