import { isWorse, type IncidentStatus, type Severity } from './vocabulary.ts';

/** An incident as the store has it, and whether Temporal runs its workflow. */
export interface AuditedIncident {
  readonly status: IncidentStatus;
  readonly severity: Severity;
  /** The worst alert that its workflow has recorded; null for none. */
  readonly worstKnown: Severity | null;
  readonly createdAtMs: number;
  /** Last write of its workflow; null when there was none. */
  readonly recordedAtMs: number | null;
  /** 1 for the most urgent, as the relay and Temporal order them. */
  readonly rank: number;
  /** When its workflow said that the next thing is due; of a resolved one: since when its end has not been told to all. */
  readonly dueAtMs: number | null;
  /** Since when something has been waiting that its workflow was to be told, or was told and has not answered; null for nothing. */
  readonly waitingSinceMs: number | null;
  /** What waits: of alerts `firing`, `worse`, `resolved`; of people's commands their kind; `opened`. */
  readonly waiting: readonly string[];
  /** The worst of the alerts that wait and fire, and when the last of those came; null for none. */
  readonly waitingSeverity: Severity | null;
  readonly firingSinceMs: number | null;
  /** Somebody acknowledged or resolved it, and the workflow has yet to read it: what came last, and when. */
  readonly taken: { readonly kind: 'acknowledge' | 'resolve'; readonly atMs: number } | null;
  /** When its acknowledgement runs out; null for never. */
  readonly acknowledgedUntilMs: number | null;
  /** Since when pages have been decided and nobody has tried to send one; null when none is owed. */
  readonly owedSinceMs: number | null;
  /** False only when Temporal has said so. */
  readonly isRunning: boolean;
  /** Temporal answers, and workers ask it for work. */
  readonly isAttended: boolean;
  /** When the auditor first found it amiss; null when it was well at the last look. */
  readonly amissSinceMs: number | null;
}

export const faults = ['never_started', 'not_running', 'late', 'owed', 'unanswered'] as const;
export type Fault = (typeof faults)[number];

export interface Finding {
  readonly fault: Fault;
  /** It was armed before and is still amiss: people are told by the fallback without it. */
  readonly pageFallback: boolean;
}

/** Incidents of one rank whose workflow started within the last `graceMs`: from when to when they came. */
export interface Started {
  readonly rank: number;
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface AuditLimits {
  /** Work that Temporal has in hand takes seconds; whatever takes longer than this is not coming. Milliseconds. */
  readonly graceMs: number;
  /** Time for the first help to work before the fallback is paged. Milliseconds. */
  readonly helpMs: number;
  /** Those that came within so long of each other may be started in any order. Milliseconds. */
  readonly orderMs: number;
  /** Workers ask for a minute at a time; after so long without a question none is there. Milliseconds. */
  readonly silentMs: number;
  /** A page may wait so long for its provider's turn, or as long as a vendor asks for, while workers are there. Milliseconds. */
  readonly owedMs: number;
}

/** With a look every 15 s: found after 45 s at the latest, people are paged before 105 s. */
export const auditLimits: AuditLimits = { graceMs: 30_000, helpMs: 45_000, orderMs: 10_000, silentMs: 90_000, owedMs: 600_000 };

/**
 * What is wrong with an incident, or null. Pure.
 * @param nowMs epoch milliseconds, of the store's clock
 * @param started what was started lately, by rank
 */
export function audit(
  incident: AuditedIncident,
  nowMs: number,
  started: readonly Started[],
  { graceMs, helpMs, orderMs, owedMs }: AuditLimits = auditLimits,
): Finding | null {
  const fault = faultOf(incident, (sinceMs) => nowMs - sinceMs > graceMs, nowMs - (incident.isAttended ? owedMs : 1.5 * graceMs));
  if (fault === null || (fault !== 'not_running' && waitsItsTurn(incident.rank, sinceOf(incident, fault), started, orderMs))) return null;
  const isHelpless = incident.amissSinceMs !== null && nowMs - incident.amissSinceMs >= helpMs;
  return { fault, pageFallback: isHelpless && wouldPage(incident, fault, nowMs) };
}

/** @param triedByMs a page that fails is tried again after half a minute at most: where nobody has tried since then, nobody will */
function faultOf(incident: AuditedIncident, isLong: (sinceMs: number) => boolean, triedByMs: number): Fault | null {
  const { status, createdAtMs, recordedAtMs, dueAtMs, owedSinceMs, waitingSinceMs, isRunning } = incident;
  if (recordedAtMs === null) return isLong(createdAtMs) ? 'never_started' : null;
  const hasToRun = status !== 'RESOLVED' || dueAtMs !== null;
  if (hasToRun && !isRunning && isLong(recordedAtMs)) return 'not_running';
  if (status !== 'RESOLVED' && dueAtMs !== null && isLong(dueAtMs)) return 'late';
  if (owedSinceMs !== null && owedSinceMs < triedByMs) return 'owed';
  return waitingSinceMs !== null && isLong(waitingSinceMs) ? 'unanswered' : null;
}

const sinceOf = ({ createdAtMs, dueAtMs, owedSinceMs, waitingSinceMs }: AuditedIncident, fault: Fault): number =>
  (fault === 'late' ? dueAtMs : fault === 'owed' ? owedSinceMs : fault === 'unanswered' ? waitingSinceMs : null) ?? createdAtMs;

/**
 * A storm may be slow without anything being stuck: what is as urgent and came before it, or is more urgent, was started
 * lately, and nothing that should come after it.
 */
function waitsItsTurn(rank: number, sinceMs: number, started: readonly Started[], orderMs: number): boolean {
  const isBehind = started.some((other) => other.rank <= rank && other.earliestMs <= sinceMs + orderMs);
  const isOvertaken = started.some((other) => other.rank >= rank && other.latestMs > sinceMs + orderMs);
  return isBehind && !isOvertaken;
}

/** Of the incident and of what waits for it. */
export const severityAtStake = ({ severity, waitingSeverity }: Pick<AuditedIncident, 'severity' | 'waitingSeverity'>): Severity =>
  waitingSeverity !== null && isWorse(waitingSeverity, severity) ? waitingSeverity : severity;

/** Whether somebody may go unpaged for as long as the workflow does nothing. */
function wouldPage(incident: AuditedIncident, fault: Fault, nowMs: number): boolean {
  const { status, waiting, taken, firingSinceMs, acknowledgedUntilMs } = incident;
  // Who took it has it as it was then.
  if (taken !== null) {
    const firesSince = firingSinceMs !== null && firingSinceMs > taken.atMs;
    return firesSince && (taken.kind === 'resolve' || becomesWorse(incident));
  }
  switch (status) {
    case 'TRIGGERED':
      return true;
    // What is due after an acknowledgement is its end; and what is worse than what was acknowledged pages again.
    case 'ACKNOWLEDGED':
      return (
        (fault === 'late' && acknowledgedUntilMs !== null && acknowledgedUntilMs <= nowMs) ||
        becomesWorse(incident) ||
        waiting.includes('escalate')
      );
    case 'RESOLVED':
      return waiting.some((kind) => kind === 'firing' || kind === 'worse' || kind === 'reopen');
  }
}

/** As the workflow decides it: worse than the incident is, and than every alert before. */
const becomesWorse = ({ severity, worstKnown, waitingSeverity }: AuditedIncident): boolean =>
  waitingSeverity !== null && isWorse(waitingSeverity, severity) && (worstKnown === null || isWorse(waitingSeverity, worstKnown));
