import { said, type Said } from '../said.ts';
import type { IncidentState } from './state.ts';
import { forgetJoined } from './joined.ts';
import { startLadder, stopLadder } from './ladder.ts';
import { announce, say, type Turn } from './turn.ts';
import type { Actor } from './happening.ts';

/** The four moves between statuses. Each says what happened and sets the ladder, the timers and the announcements right. */

export function acknowledge(turn: Turn, by: Actor): void {
  // What was recorded quietly pages nobody again.
  const timeoutSeconds = turn.state.quiet === true ? 0 : turn.state.policy.document.acknowledged_timeout_seconds;
  turn.state = {
    ...turn.state,
    status: 'ACKNOWLEDGED',
    acknowledged: { by, atMs: turn.nowMs, timeoutAtMs: timeoutSeconds > 0 ? turn.nowMs + timeoutSeconds * 1000 : null },
  };
  stopLadder(turn);
  say(turn, 'STATUS_CHANGED', said('entry.acknowledged', { by: by.name }), { actor: by, data: { status: 'ACKNOWLEDGED' } });
  announce(turn, 'incident.acknowledged');
}

export function resolve(turn: Turn, by: Actor, what: Said): void {
  forgetJoined(turn);
  turn.state = {
    ...turn.state,
    status: 'RESOLVED',
    acknowledged: turn.state.acknowledged === null ? null : { ...turn.state.acknowledged, timeoutAtMs: null },
    quietUntilMs: null,
    resolved: { by, atMs: turn.nowMs },
  };
  stopLadder(turn);
  say(turn, 'STATUS_CHANGED', what, { actor: by, data: { status: 'RESOLVED' } });
  announce(turn, 'incident.resolved');
}

/** Back to TRIGGERED, whatever it was, and paging starts again, unless it was opened quietly: reopened, forgotten after the acknowledgement, or worse than it was. */
export function triggerAgain(turn: Turn, by: Actor, what: Said): void {
  const was = turn.state.status;
  forgetJoined(turn);
  turn.state = { ...turn.state, status: 'TRIGGERED', acknowledged: null, resolved: null };
  say(turn, 'STATUS_CHANGED', what, { actor: by, data: { status: 'TRIGGERED', was } });
  if (turn.state.quiet !== true) startLadder(turn);
}

export const isOver = (state: IncidentState): boolean => state.status === 'RESOLVED';
