import { shorten } from '../shorten.ts';
import type { AlertsSignal } from './happening.ts';
import { joinedDueAtMs } from './state.ts';
import { startPlan, type Turn } from './turn.ts';

/** A storm that goes on after the acknowledgement is one message in so many milliseconds. */
const tellEveryMs = 5 * 60_000;
const summaryLength = 120;

/** Somebody has the incident and knows of its alerts: one with other labels may be another cause. */
export function takeJoined(turn: Turn, { unlike = [], changes }: AlertsSignal): void {
  const { joined, status } = turn.state;
  if (unlike.length === 0 || status !== 'ACKNOWLEDGED') return;
  const waiting = joined?.waiting ?? 0;
  const first = changes.find((change) => unlike.includes(change.version));
  turn.state = {
    ...turn.state,
    joined: {
      waiting: waiting + unlike.length,
      summary: waiting > 0 && joined !== undefined ? joined.summary : shorten(first?.summary ?? '', summaryLength),
      tellAtMs: Math.max(turn.nowMs, joined?.tellAtMs ?? 0),
      told: joined?.told ?? 0,
    },
  };
}

/** Tells whoever has it, where that is due: who acknowledged it, and who it is assigned to. */
export function tellJoined(turn: Turn): void {
  const dueAtMs = joinedDueAtMs(turn.state);
  const { joined, acknowledged, assignee, epoch } = turn.state;
  if (joined === undefined || dueAtMs === null || dueAtMs > turn.nowMs) return;
  const told = joined.told + 1;
  turn.state = { ...turn.state, joined: { waiting: 0, summary: '', tellAtMs: turn.nowMs + tellEveryMs, told } };
  const by = acknowledged?.by;
  const holders = new Map(assignee === null ? [] : [[assignee.id, assignee.name]]);
  if (by?.type === 'user' && by.id !== null) holders.set(by.id, by.name);
  const { waiting: count, summary } = joined;
  for (const [userId, name] of holders) {
    startPlan(turn, { for: 'holder', key: `e${epoch}.joined${told}.${userId}`, epoch, userId, name, count, summary });
  }
}

/** Nobody has it any more: all are told of all of it anew, or it is over. */
export function forgetJoined(turn: Turn): void {
  const { joined: _, ...state } = turn.state;
  turn.state = state;
}
