import { isWorse, type Severity } from './vocabulary.ts';

/**
 * What an arriving alert changes. For one fingerprint the newest occurrence counts, and within it the end counts more than the start.
 *
 * A time that the source told is compared with such times alone, since its clock is not ours: where they decide, the same deliveries end in
 * the same state in whatever order, and however often, they arrive. Where times are equal or were not told, what arrives later came later.
 */
export interface Arrival {
  readonly fingerprintKey: string;
  readonly groupingKey: string;
  readonly status: 'firing' | 'resolved';
  /** Epoch milliseconds by the source's clock; null where it does not say when the occurrence began. */
  readonly startsAtMs: number | null;
  /** When it ended, as far as the source says. */
  readonly endsAtMs: number | null;
  /** When this change of state happened, as far as the source says. */
  readonly toldAtMs: number | null;
  /** By our clock. */
  readonly receivedAtMs: number;
  readonly severity: Severity;
  readonly suppressed: boolean;
  /** A resolved incident of this age takes a new occurrence in; older, and a new incident opens. */
  readonly reopenWindowSeconds: number;
}

/** The newest occurrence of a fingerprint. */
export interface Occurrence {
  readonly alertId: string;
  /** As the source told it, else as we heard it. Each occurrence of an alert has a later one than that before. */
  readonly startsAtMs: number;
  /** Null where the source did not say. */
  readonly toldStartMs: number | null;
  readonly endsAtMs: number | null;
  /** When we heard of its end, by our clock; null while it fires. */
  readonly endReceivedAtMs: number | null;
  /** The latest change of state that the source told a time of; null where it never did. */
  readonly toldAtMs: number | null;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly incidentId: string | null;
  /** When its incident was resolved; null while that is open, or where there is none. */
  readonly incidentResolvedAtMs: number | null;
  readonly suppressed: boolean;
}

export interface KnownIncident {
  readonly incidentId: string;
  readonly severity: Severity;
  /** Null while it is open. */
  readonly resolvedAtMs: number | null;
}

export interface Known {
  /** By fingerprint key. */
  readonly occurrences: Map<string, Occurrence>;
  /** By grouping key: the open incident, else the one resolved last. */
  readonly incidents: Map<string, KnownIncident>;
}

export interface Ids {
  alert(): string;
  incident(): string;
}

export interface Correlated {
  readonly outcome: 'opened' | 'attached' | 'reopened' | 'resolved' | 'repeated' | 'stale' | 'suppressed';
  /** The occurrence as it is now; `isNew` when it has no row yet. */
  readonly occurrence: Occurrence;
  readonly isNew: boolean;
  /** An occurrence that a newer one put an end to. */
  readonly superseded: Occurrence | null;
  readonly opensIncident: boolean;
  /** What incidents must be told; none when nothing changes for them. */
  readonly tells: readonly Tell[];
}

export interface Tell {
  readonly incidentId: string;
  readonly kind: 'firing' | 'resolved' | 'worse';
  /** It changes whom people see or page; else it is more of what the incident knows, and may be told with what follows. */
  readonly isUrgent: boolean;
}

/**
 * Deliveries of one alert overtake each other by seconds, and a repeat may be under way while people resolve its incident. What is told
 * again longer than this after its end is no straggler: Alertmanager keeps the start when an alert that ran out comes back.
 */
export const stragglersMs = 5 * 60_000;

/** Decides about one arrival and keeps `known` up to date for the next of the same batch. */
export function correlate(arrival: Arrival, known: Known, ids: Ids): Correlated {
  const current = known.occurrences.get(arrival.fingerprintKey);
  const correlated = arrival.status === 'firing' ? takeFiring(arrival, current, known, ids) : takeResolved(arrival, current, ids);
  known.occurrences.set(arrival.fingerprintKey, correlated.occurrence);
  return correlated;
}

function takeFiring(arrival: Arrival, current: Occurrence | undefined, known: Known, ids: Ids): Correlated {
  if (current === undefined) return begin(arrival, null, known, ids);
  const age = ageOfFiring(arrival, current);
  if (age === 'newer' || (age === 'older' && firesAgain(arrival, current))) return begin(arrival, current, known, ids);
  if (age === 'older') return takeLate(arrival, current, known, ids);
  const worse = isWorse(arrival.severity, current.severity);
  const occurrence: Occurrence = {
    ...current,
    toldStartMs: current.toldStartMs ?? arrival.startsAtMs,
    toldAtMs: latest(current.toldAtMs, arrival.toldAtMs),
    severity: worse ? arrival.severity : current.severity,
  };
  if (current.suppressed && !arrival.suppressed && current.incidentId === null) return release(arrival, occurrence, known, ids);
  if (firesOn(arrival, current)) return release(arrival, occurrence, known, ids);
  const tells = worse && current.incidentId !== null ? [{ incidentId: current.incidentId, kind: 'worse' as const, isUrgent: true }] : [];
  return { outcome: 'repeated', occurrence, isNew: false, superseded: null, opensIncident: false, tells };
}

/** Where both say when they began, that decides, and an end comes after its start. Else nothing that fires is older than what fires. */
function ageOfFiring(arrival: Arrival, current: Occurrence): 'newer' | 'same' | 'older' {
  const { startsAtMs } = arrival;
  if (startsAtMs !== null && current.toldStartMs !== null) {
    if (startsAtMs > current.toldStartMs) return 'newer';
    return startsAtMs < current.toldStartMs || current.status === 'resolved' ? 'older' : 'same';
  }
  if (current.status === 'firing') return 'same';
  return isToldBefore(arrival, current) ? 'older' : 'newer';
}

/** By the source's own clock. */
const isToldBefore = ({ toldAtMs }: Arrival, current: Occurrence): boolean =>
  toldAtMs !== null && current.toldAtMs !== null && toldAtMs < current.toldAtMs;

/** A source that says when alerts began tells them again and again: this one came back with the start that it had. */
const firesAgain = (arrival: Arrival, current: Occurrence): boolean =>
  current.status === 'resolved' &&
  arrival.startsAtMs !== null &&
  current.endReceivedAtMs !== null &&
  arrival.receivedAtMs - current.endReceivedAtMs > stragglersMs;

/** People resolved its incident, and it is told again though time has passed: the cause is not gone. */
const firesOn = (arrival: Arrival, current: Occurrence): boolean =>
  !arrival.suppressed && current.incidentResolvedAtMs !== null && arrival.receivedAtMs - current.incidentResolvedAtMs > stragglersMs;

/** A new occurrence that fires. One that still fired is over with it, whether or not its end is ever told. */
function begin(arrival: Arrival, before: Occurrence | null, known: Known, ids: Ids): Correlated {
  const occurrence = newOccurrence(arrival, before, ids);
  const superseded = endOf(before, arrival);
  if (arrival.suppressed) {
    return { outcome: 'suppressed', occurrence, isNew: true, superseded, opensIncident: false, tells: tellOfEnd(superseded, null) };
  }
  const { incidentId, outcome, isUrgent } = findIncident(arrival, known, ids);
  return {
    outcome,
    occurrence: { ...occurrence, incidentId },
    isNew: true,
    superseded,
    opensIncident: outcome === 'opened',
    tells: [...tellOfEnd(superseded, incidentId), { incidentId, kind: 'firing', isUrgent }],
  };
}

/** The rule that held it back is gone, or its incident is over, and it still fires: from now on it counts. */
function release(arrival: Arrival, occurrence: Occurrence, known: Known, ids: Ids): Correlated {
  const { incidentId, outcome, isUrgent } = findIncident(arrival, known, ids);
  return {
    outcome,
    occurrence: { ...occurrence, suppressed: false, incidentId, incidentResolvedAtMs: null },
    isNew: false,
    superseded: null,
    opensIncident: outcome === 'opened',
    tells: [{ incidentId, kind: 'firing', isUrgent }],
  };
}

/** The end of an occurrence is told to its own incident, unless the same one hears of the next occurrence anyway. */
const tellOfEnd = (superseded: Occurrence | null, toldAnyway: string | null): readonly Tell[] =>
  superseded === null || superseded.incidentId === null || superseded.incidentId === toldAnyway
    ? []
    : [{ incidentId: superseded.incidentId, kind: 'resolved', isUrgent: false }];

/** Firing, but known to be over. If nobody was ever told of it, an incident opens all the same; its service says whether it stays open. */
function takeLate(arrival: Arrival, current: Occurrence, known: Known, ids: Ids): Correlated {
  if (current.incidentId !== null || current.suppressed || arrival.suppressed) {
    return { outcome: 'stale', occurrence: current, isNew: false, superseded: null, opensIncident: false, tells: [] };
  }
  const existing = known.incidents.get(arrival.groupingKey);
  const recent = existing !== undefined && (existing.resolvedAtMs === null || isWithinReopenWindow(arrival, existing.resolvedAtMs));
  const incidentId = recent ? existing.incidentId : ids.incident();
  if (!recent) known.incidents.set(arrival.groupingKey, { incidentId, severity: arrival.severity, resolvedAtMs: null });
  return {
    outcome: recent ? 'stale' : 'opened',
    occurrence: { ...current, incidentId },
    isNew: false,
    superseded: null,
    opensIncident: !recent,
    tells: recent ? [] : [{ incidentId, kind: 'resolved', isUrgent: true }],
  };
}

function takeResolved(arrival: Arrival, current: Occurrence | undefined, ids: Ids): Correlated {
  if (current === undefined || isNewerEnd(arrival, current)) {
    const superseded = endOf(current ?? null, arrival);
    const occurrence: Occurrence = { ...newOccurrence(arrival, current ?? null, ids), incidentId: superseded?.incidentId ?? null };
    return { outcome: 'resolved', occurrence, isNew: true, superseded, opensIncident: false, tells: tellOfEnd(superseded, null) };
  }
  if (isOlderEnd(arrival, current)) {
    return { outcome: 'stale', occurrence: current, isNew: false, superseded: null, opensIncident: false, tells: [] };
  }
  const occurrence: Occurrence = {
    ...current,
    status: 'resolved',
    toldStartMs: current.toldStartMs ?? arrival.startsAtMs,
    toldAtMs: latest(current.toldAtMs, arrival.toldAtMs),
    endsAtMs: latest(current.endsAtMs, endOfArrival(arrival)),
    endReceivedAtMs: current.endReceivedAtMs ?? arrival.receivedAtMs,
  };
  if (current.status === 'resolved')
    return { outcome: 'repeated', occurrence, isNew: false, superseded: null, opensIncident: false, tells: [] };
  return { outcome: 'resolved', occurrence, isNew: false, superseded: null, opensIncident: false, tells: tellOfEnd(occurrence, null) };
}

/** The end of an occurrence whose start never came. */
const isNewerEnd = ({ startsAtMs }: Arrival, { toldStartMs }: Occurrence): boolean =>
  startsAtMs !== null && toldStartMs !== null && startsAtMs > toldStartMs;

/** An end that comes after the start that is known ends it too: of two senders that watch the same, each has its own start. */
function isOlderEnd(arrival: Arrival, current: Occurrence): boolean {
  const { startsAtMs, endsAtMs } = arrival;
  if (startsAtMs !== null && current.toldStartMs !== null) {
    return startsAtMs < current.toldStartMs && (endsAtMs === null || endsAtMs <= current.toldStartMs);
  }
  return current.status === 'firing' && isToldBefore(arrival, current);
}

interface FoundIncident {
  readonly incidentId: string;
  readonly outcome: 'opened' | 'attached' | 'reopened';
  readonly isUrgent: boolean;
}

function findIncident(arrival: Arrival, known: Known, ids: Ids): FoundIncident {
  const { groupingKey, severity } = arrival;
  const existing = known.incidents.get(groupingKey);
  if (existing !== undefined && existing.resolvedAtMs === null) {
    const isUrgent = isWorse(severity, existing.severity);
    if (isUrgent) known.incidents.set(groupingKey, { ...existing, severity });
    return { incidentId: existing.incidentId, outcome: 'attached', isUrgent };
  }
  if (existing !== undefined && existing.resolvedAtMs !== null && isWithinReopenWindow(arrival, existing.resolvedAtMs)) {
    return { incidentId: existing.incidentId, outcome: 'reopened', isUrgent: true };
  }
  const incidentId = ids.incident();
  known.incidents.set(groupingKey, { incidentId, severity, resolvedAtMs: null });
  return { incidentId, outcome: 'opened', isUrgent: true };
}

const isWithinReopenWindow = (arrival: Arrival, resolvedAtMs: number): boolean =>
  arrival.receivedAtMs - resolvedAtMs <= arrival.reopenWindowSeconds * 1000;

const latest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/** As people see it: by the source's clock, but not ahead of ours. */
const endOfArrival = (arrival: Arrival): number =>
  Math.min(arrival.endsAtMs ?? arrival.toldAtMs ?? arrival.receivedAtMs, arrival.receivedAtMs);
const startOfArrival = (arrival: Arrival): number =>
  Math.min(arrival.startsAtMs ?? arrival.toldAtMs ?? arrival.receivedAtMs, arrival.receivedAtMs);

/** It comes after the one before, whichever clock each was told by. */
function newOccurrence(arrival: Arrival, before: Occurrence | null, ids: Ids): Occurrence {
  const { status } = arrival;
  const shown = startOfArrival(arrival);
  const isLater = before === null || shown > before.startsAtMs;
  return {
    alertId: ids.alert(),
    startsAtMs: isLater ? shown : Math.max(arrival.receivedAtMs, before.startsAtMs + 1),
    toldStartMs: arrival.startsAtMs,
    endsAtMs: status === 'resolved' ? endOfArrival(arrival) : null,
    endReceivedAtMs: status === 'resolved' ? arrival.receivedAtMs : null,
    toldAtMs: latest(before?.toldAtMs ?? null, arrival.toldAtMs),
    status,
    severity: arrival.severity,
    incidentId: null,
    incidentResolvedAtMs: null,
    suppressed: arrival.suppressed,
  };
}

function endOf(before: Occurrence | null, arrival: Arrival): Occurrence | null {
  if (before === null || before.status === 'resolved') return null;
  return { ...before, status: 'resolved', endsAtMs: startOfArrival(arrival), endReceivedAtMs: arrival.receivedAtMs };
}
