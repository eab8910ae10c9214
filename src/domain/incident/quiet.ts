import { announce, type Turn } from './turn.ts';

/** From now on the incident is like any other: whoever follows it hears of it as of a new one. Answers whether it was quiet until now. */
export function endQuiet(turn: Turn): boolean {
  if (turn.state.quiet === undefined) return false;
  const { quiet: _, ...state } = turn.state;
  turn.state = state;
  announce(turn, 'incident.created');
  return true;
}
