import type { PolicyDocument } from './escalation-policy.ts';
import { inTurn, type Plan, type PlannedRecipient, type Way } from './incident/paging.ts';
import type { Said } from './said.ts';
import type { Told } from './simulation.ts';

/** One step of an incident that nobody acknowledges: who hears of it then. */
export interface RouteStep {
  readonly on: 'opened' | 'level' | 'escalated' | 'fallback' | 'last_resort';
  /** Of the policy, from 1; null for what is no level. */
  readonly level: number | null;
  /** From 1. Of later rounds only what differs from the first is there: somebody else is on call by then. */
  readonly round: number;
  /** After the opening. */
  readonly afterMs: number;
  /** How long this level has to acknowledge, milliseconds; null for what is no level. */
  readonly waitsMs: number | null;
  readonly recipients: readonly RouteRecipient[];
}

export interface RouteRecipient {
  readonly name: string;
  readonly reasons: readonly Said[];
  /** In the order in which they are tried. Empty where nothing reaches them. */
  readonly ways: readonly RouteWay[];
  /** Names of inactive providers that would lead to them. */
  readonly skipped: readonly string[];
}

export interface RouteWay extends Pick<Way, 'providerName' | 'reason'> {
  /** What people call it: never what only machines know, such as a device's id. */
  readonly address: string | null;
  readonly taken: 'at_once' | 'if_others_fail';
}

/** What a simulation tells, as people follow it: step after step, each way in the order of its turn. Pure. */
export function routeOf(told: readonly Told[], { levels }: PolicyDocument, openedAtMs: number): RouteStep[] {
  const shown = new Set<string>();
  return told.flatMap(({ plan, atMs, recipients, missed }): RouteStep[] => {
    const place = placeOf(plan);
    if (place === null) return [];
    const all = [...recipients, ...missed].map(toRecipient);
    // An escalation that informs nobody is no step of its own.
    if (place.on === 'escalated' && all.length === 0) return [];
    const key = JSON.stringify([place.on, place.level, all]);
    if (shown.has(key)) return [];
    shown.add(key);
    const delay = place.level === null ? undefined : levels[place.level - 1]?.delay_seconds;
    return [{ ...place, afterMs: atMs - openedAtMs, waitsMs: delay === undefined ? null : delay * 1000, recipients: all }];
  });
}

function placeOf(plan: Plan): Pick<RouteStep, 'on' | 'level' | 'round'> | null {
  switch (plan.for) {
    case 'level':
      return { on: 'level', level: plan.level + 1, round: plan.round + 1 };
    case 'fallback':
    case 'last_resort':
      return { on: plan.for, level: null, round: 1 };
    case 'event':
      if (plan.event === 'incident.created') return { on: 'opened', level: null, round: 1 };
      return plan.event === 'incident.escalated' ? { on: 'escalated', level: null, round: 1 } : null;
    case 'assignee':
    case 'holder':
      return null;
  }
}

function toRecipient({ name, reasons, ways, off = [] }: PlannedRecipient): RouteRecipient {
  const { first, later } = inTurn(ways);
  const as =
    (taken: RouteWay['taken']) =>
    ({ providerName, reason, address, place }: Way): RouteWay => ({ providerName, reason, address: place ?? address, taken });
  return { name, reasons, ways: [...first.map(as('at_once')), ...later.map(as('if_others_fail'))], skipped: off };
}
