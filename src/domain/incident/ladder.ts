import { nextRung } from '../escalation-policy.ts';
import { said } from '../said.ts';
import { planKey, type Page, type Plan } from './paging.ts';
import { announce, say, startPlan, type Turn } from './turn.ts';

/** When nobody at all could be reached, everything is tried again after this: providers are repaired, people come back. */
const tryAgainAfterMs = 5 * 60_000;

/** The escalation from its first level, at once. */
export function startLadder(turn: Turn): void {
  restartAt(turn, turn.nowMs);
}

function restartAt(turn: Turn, dueAtMs: number): void {
  turn.state = { ...turn.state, epoch: turn.state.epoch + 1, ladder: { round: 0, level: 0, dueAtMs, stage: 'levels' } };
}

export function stopLadder(turn: Turn): void {
  turn.state = { ...turn.state, ladder: { ...turn.state.ladder, dueAtMs: null } };
}

/** The next level now instead of when its time has come; from the first again when all have been gone through. */
export function hurryLadder(turn: Turn): void {
  if (turn.state.ladder.stage !== 'levels') return startLadder(turn);
  turn.state = { ...turn.state, ladder: { ...turn.state.ladder, dueAtMs: turn.nowMs } };
}

/** Pages what is due. */
export function climbLadder(turn: Turn): void {
  while (turn.state.ladder.dueAtMs !== null && turn.state.ladder.dueAtMs <= turn.nowMs) {
    const rung = nextRung(turn.state.policy.document, turn.state.ladder);
    if (rung.on === 'fallback') return pageFallback(turn);
    const { round, level, here } = rung;
    const dueAtMs = turn.nowMs + here.delay_seconds * 1000;
    turn.state = { ...turn.state, ladder: { round, level: level + 1, dueAtMs, stage: 'levels' } };
    if (level > 0 || round > 0) {
      const data = { level: level + 1, round: round + 1 };
      say(turn, 'ESCALATED', said(round > 0 ? 'entry.levelAgain' : 'entry.level', data), { data });
      announce(turn, 'incident.escalated');
    }
    startPlan(turn, { for: 'level', epoch: turn.state.epoch, round, level });
  }
}

function pageFallback(turn: Turn): void {
  turn.state = { ...turn.state, ladder: { ...turn.state.ladder, dueAtMs: null, stage: 'fallback' } };
  say(turn, 'ESCALATED', said('entry.fallback'), { data: { level: 'fallback' } });
  announce(turn, 'incident.escalated');
  startPlan(turn, { for: 'fallback', epoch: turn.state.epoch });
}

/**
 * Waiting for a level that reached nobody is vain: the next one is due now. After the fallback come the administrators,
 * and when not even they can be reached, all begins again after some minutes: an incident never falls silent unheard.
 */
export function skipUnreached(turn: Turn): void {
  const { ladder, status } = turn.state;
  if (status !== 'TRIGGERED' || (ladder.dueAtMs !== null && ladder.dueAtMs <= turn.nowMs)) return;
  const current = currentPlan(turn);
  if (current === null || !isUnreached(turn, current)) return;
  switch (current.for) {
    case 'level':
      say(turn, 'ESCALATED', said('entry.levelUnreached', { level: ladder.level }), { data: { unreached: ladder.level } });
      turn.state = { ...turn.state, ladder: { ...ladder, dueAtMs: turn.nowMs } };
      return;
    case 'fallback':
      say(turn, 'ESCALATED', said('entry.lastResort'), { data: { level: 'last_resort' } });
      turn.state = { ...turn.state, ladder: { ...ladder, stage: 'last_resort' } };
      startPlan(turn, { for: 'last_resort', epoch: turn.state.epoch });
      return;
    case 'last_resort':
      say(turn, 'ESCALATED', said('entry.nobodyAtAll', { minutes: tryAgainAfterMs / 60_000 }), { data: { unreached: 'all' } });
      restartAt(turn, turn.nowMs + tryAgainAfterMs);
      return;
    case 'assignee':
    case 'holder':
    case 'event':
      return;
  }
}

/** The plan paged last; null before the first. */
function currentPlan({ state: { ladder, epoch } }: Turn): Plan | null {
  if (ladder.stage !== 'levels') return { for: ladder.stage, epoch };
  return ladder.level === 0 ? null : { for: 'level', epoch, round: ladder.round, level: ladder.level - 1 };
}

/** One that is skipped was not wanted any more: that is no failure to reach anybody. */
function isUnreached({ state: { pages, plans } }: Turn, plan: Plan): boolean {
  const key = planKey(plan);
  const isOf = (page: Page): boolean => planKey(page.plan) === key;
  return !plans.some((waiting) => planKey(waiting) === key) && !pages.some((page) => isOf(page) && page.outcome !== 'failed');
}
