import { said, type Said } from '../said.ts';
import type { Command } from './happening.ts';
import type { Named } from './state.ts';
import { say, startPlan, type Turn } from './turn.ts';

/** Impact scopes that somebody adds are told at once, also of an incident that was opened quietly or is over: that is what they are added for. */
export function addScopes(turn: Turn, { actor }: Command, scopes: readonly Named[]): Said | null {
  const known = turn.state.scopes ?? [];
  const added = scopes.filter(({ id }) => !known.includes(id));
  if (added.length === 0) return said('command.alreadyScoped', { scopes: namesOf(scopes) });
  turn.state = { ...turn.state, scopes: [...known, ...added.map(({ id }) => id)] };
  const what = said('entry.scopesAdded', { by: actor.name, scopes: namesOf(added) });
  say(turn, 'IMPACT_SCOPE_ADDED', what, { actor, data: { scopes: added } });
  startPlan(turn, {
    for: 'event',
    key: `scopes.${turn.state.sequence}`,
    event: 'incident.created',
    commentSequence: null,
    atMs: turn.nowMs,
    addedScopes: { ids: added.map(({ id }) => id), by: actor.name },
  });
  return null;
}

export const namesOf = (scopes: readonly Pick<Named, 'name'>[]): string => scopes.map(({ name }) => name).join(', ');
