import { said, type Said } from '../said.ts';
import { isWorse } from '../vocabulary.ts';
import type { AlertChange, AlertsSignal } from './happening.ts';
import { takeJoined } from './joined.ts';
import { startLadder } from './ladder.ts';
import { endQuiet } from './quiet.ts';
import { resolve, triggerAgain } from './status.ts';
import { monitoring, say, severitySaid, type Turn } from './turn.ts';

/** Entries that one signal may write one by one; beyond it a line sums up. */
const entriesPerSignal = 10;

export function takeAlerts(turn: Turn, told: AlertsSignal): void {
  const known = turn.state.alerts;
  if (told.version <= known.version) return;
  const signal = withoutKnown(told, known.version);
  turn.state = { ...turn.state, alerts: { version: signal.version, firing: signal.firing, worst: worstOf(known.worst, signal.worst) } };
  sayChanges(turn, signal);
  reopenIfFiring(turn, signal);
  raiseSeverity(turn, signal, known.worst);
  settle(turn, signal);
  takeJoined(turn, signal);
}

/** A signal that is told again may come in one with what happened since. */
function withoutKnown(signal: AlertsSignal, version: number): AlertsSignal {
  const isNew = (change: number): boolean => change > version;
  return {
    ...signal,
    fired: signal.fired.filter(isNew),
    ended: signal.ended.filter(isNew),
    changes: signal.changes.filter((change) => isNew(change.version)),
    ...(signal.unlike !== undefined && { unlike: signal.unlike.filter(isNew) }),
  };
}

function sayChanges(turn: Turn, signal: AlertsSignal): void {
  const shown = signal.changes.slice(0, entriesPerSignal);
  for (const change of shown) sayChange(turn, change);
  const fired = signal.fired.length - shown.filter((change) => change.kind === 'firing').length;
  const ended = signal.ended.length - shown.filter((change) => change.kind === 'resolved').length;
  if (fired + ended === 0) return;
  const { firing } = signal;
  const data = { fired, ended, firing };
  say(turn, 'ALERT_RECEIVED', moreAlerts(data), { actor: monitoring, data });
}

/** Without what did not happen: "and 0 more resolved" says nothing. */
function moreAlerts({ fired, ended, firing }: { fired: number; ended: number; firing: number }): Said {
  if (ended === 0) return said('entry.alertsFired', { count: fired, firing });
  if (fired === 0) return said('entry.alertsEnded', { count: ended, firing });
  return said('entry.alerts', { fired, ended, firing });
}

function sayChange(turn: Turn, change: AlertChange): void {
  const data = { alert_id: change.alertId, severity: change.severity, summary: change.summary, status: change.kind };
  if (change.kind === 'resolved') {
    say(turn, 'COMMENT_ADDED', said('entry.alertResolved'), {
      actor: monitoring,
      data: { ...data, text: 'Alert resolved by monitoring' },
    });
  } else {
    const { kind, summary } = change;
    say(turn, 'ALERT_RECEIVED', said(kind === 'worse' ? 'entry.alertWorse' : 'entry.alert', { summary }), { actor: monitoring, data });
  }
}

function reopenIfFiring(turn: Turn, signal: AlertsSignal): void {
  if (signal.fired.length === 0 || signal.firing === 0) return;
  stopQuietTime(turn);
  if (turn.state.status === 'RESOLVED') triggerAgain(turn, monitoring, said('entry.reopenedByAlert'));
  else if (isAtEnd(turn)) startLadder(turn);
}

/** Only what is worse than any alert before counts: a severity that a person lowered stays lowered while nothing new is worse. */
function raiseSeverity(turn: Turn, signal: AlertsSignal, worstBefore: AlertsSignal['worst']): void {
  const { worst } = signal;
  if (worst === null || !isWorse(worst, turn.state.severity)) return;
  if (worstBefore !== null && !isWorse(worst, worstBefore)) return;
  const was = turn.state.severity;
  turn.state = { ...turn.state, severity: worst };
  const change = { was: severitySaid(was), severity: severitySaid(worst) };
  say(turn, 'SEVERITY_CHANGED', said('entry.severityRaised', change), { actor: monitoring, data: { severity: worst, was } });
  if (turn.state.status === 'RESOLVED' && signal.firing === 0) return;
  endQuiet(turn);
  if (turn.state.status === 'TRIGGERED') startLadder(turn);
  else triggerAgain(turn, monitoring, said('entry.worseThanBefore'));
}

/** When no alert fires any more, the service's settings say what follows. */
function settle(turn: Turn, signal: AlertsSignal): void {
  if (signal.firing > 0 || turn.state.status === 'RESOLVED') return;
  const { mode, quietSeconds } = turn.state.autoResolve;
  if (mode === 'at_once') resolve(turn, monitoring, said('entry.resolvedByAlerts'));
  if (mode === 'quiet' && turn.state.quietUntilMs === null) turn.state = { ...turn.state, quietUntilMs: turn.nowMs + quietSeconds * 1000 };
}

function worstOf(a: AlertsSignal['worst'], b: AlertsSignal['worst']): AlertsSignal['worst'] {
  if (a === null) return b;
  if (b === null) return a;
  return isWorse(a, b) ? a : b;
}

/** Everybody was paged and nobody came: what fires now must not be lost in an incident that has fallen silent. */
const isAtEnd = ({ state }: Turn): boolean => state.status === 'TRIGGERED' && state.ladder.stage !== 'levels';

function stopQuietTime(turn: Turn): void {
  turn.state = { ...turn.state, quietUntilMs: null };
}
