/** An alert that fires while all is well, as the store knows it. Instants are epoch milliseconds. */
export interface Heartbeat {
  readonly beats: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** When its source said that it fires no more; null while it fires. */
  readonly endedAtMs: number | null;
}

const minuteMs = 60_000;
/** How often it comes is not known before. */
const fewestBeats = 3;
const shortestSilenceMs = 10 * minuteMs;
const gapsMissed = 3;

/** How long a heartbeat may be silent, milliseconds; null while nobody can say. */
export function patienceOf({ beats, firstAtMs, lastAtMs }: Heartbeat): number | null {
  if (beats < fewestBeats) return null;
  return Math.max(shortestSilenceMs, (gapsMissed * (lastAtMs - firstAtMs)) / (beats - 1));
}

/**
 * Since when a heartbeat has stopped; null while it beats, or nobody can say. However long that is: what died while we could not hear it, or
 * could not say so, is news when we are back.
 * @param listeningSinceMs since when beats would have been heard: nobody is late for a door that was shut
 */
export function stoppedSince(heartbeat: Heartbeat, listeningSinceMs: number, nowMs: number): number | null {
  const { lastAtMs, endedAtMs } = heartbeat;
  if (endedAtMs !== null) return endedAtMs;
  const patienceMs = patienceOf(heartbeat);
  return patienceMs !== null && nowMs - Math.max(lastAtMs, listeningSinceMs) > patienceMs ? lastAtMs : null;
}
