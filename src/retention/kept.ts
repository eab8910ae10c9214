import type { RetentionSettings } from './settings.ts';

/** One alert, as the pass meets it: the newest come first. */
export interface MetAlert {
  readonly id: string;
  readonly sourceId: string;
  /** Since it was last heard of. */
  readonly ageDays: number;
  /** An open incident, or one that may be reopened, counts on it. */
  readonly inUse: boolean;
  /** On the disk, of what was sent. */
  readonly bodyBytes: number;
}

/** What is kept so far, by source. */
export type Totals = Readonly<Record<string, { readonly alerts: number; readonly bodyBytes: number }>>;

export interface Verdict {
  /** To be deleted, with what was sent. */
  readonly alerts: readonly string[];
  /** Whose bodies go, all of them: their source has sent too much since. */
  readonly bodies: readonly string[];
  /** Whose bodies go as far as they are old. */
  readonly oldBodies: readonly string[];
  readonly totals: Totals;
}

/** An alert that was heard of within a day is not deleted for the sake of a number: its next delivery would be news. */
const leastDays = 1;

/** No incident needs a body: people look at it, and may deliver it again. So the limit of a source holds for every body, its age for those that nothing uses. */
export function decideKept(met: readonly MetAlert[], before: Totals, settings: RetentionSettings): Verdict {
  const totals: Record<string, { alerts: number; bodyBytes: number }> = { ...before };
  const alerts: string[] = [];
  const bodies: string[] = [];
  const oldBodies: string[] = [];
  for (const { id, sourceId, ageDays, inUse, bodyBytes } of met) {
    const kept = totals[sourceId] ?? { alerts: 0, bodyBytes: 0 };
    const tooMany = kept.alerts >= (settings.alertsPerSource ?? Infinity) && ageDays >= leastDays;
    if (!inUse && (tooMany || ageDays >= (settings.alertsDays ?? Infinity))) {
      alerts.push(id);
      continue;
    }
    const tooMuch = bodyBytes > 0 && kept.bodyBytes + bodyBytes > (settings.bodyBytesPerSource ?? Infinity);
    if (tooMuch) bodies.push(id);
    else if (!inUse && bodyBytes > 0 && settings.bodiesDays !== null) oldBodies.push(id);
    totals[sourceId] = { alerts: kept.alerts + 1, bodyBytes: kept.bodyBytes + (tooMuch ? 0 : bodyBytes) };
  }
  return { alerts, bodies, oldBodies, totals };
}
