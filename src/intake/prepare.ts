import { hash, randomUUID } from 'node:crypto';
import type { Arrival } from '../domain/correlation.ts';
import { groupingParts } from '../domain/grouping.ts';
import type { IncomingAlert } from './intake.ts';
import type { ServiceRow } from './store-sql.ts';

/** An alert with the keys by which the store knows it. */
export interface Prepared {
  readonly alert: IncomingAlert;
  readonly arrival: Arrival;
  readonly deliveryId: string;
}

/** No clock is wrong by more, with its time zone: what is further ahead is no time, and would make every later one look old. */
const furthestAheadMs = 24 * 3_600_000;

/** Epoch milliseconds by the source's clock. */
function soundInstant(instant: string | null, receivedAtMs: number): number | null {
  if (instant === null) return null;
  const ms = Date.parse(instant);
  return ms > receivedAtMs + furthestAheadMs ? null : ms;
}

/**
 * The same for the same telling, however often it comes. The source's own word for the change is part of it, since a state may change without
 * a newer time; so is the severity: it may have become worse. What has no time at all is no repeat of anything.
 */
function deliveryIdOf(
  { event, alertSourceId, routed }: IncomingAlert,
  startsAtMs: number | null,
  endsAtMs: number | null,
  toldAtMs: number | null,
): string {
  const when = startsAtMs ?? (toldAtMs === null ? null : `at ${toldAtMs}`);
  if (when === null && endsAtMs === null) return randomUUID();
  const severity = event.status === 'firing' ? routed.severity : null;
  const transition = event.transition === undefined ? [] : [event.transition];
  return digest(JSON.stringify([alertSourceId, event.fingerprint, when, event.status, endsAtMs, severity, ...transition]));
}

export function prepare(alert: IncomingAlert, settings: ServiceRow | undefined): Prepared {
  const { event, alertSourceId, routed, receivedAtMs } = alert;
  const fingerprintKey = `${alertSourceId} ${event.fingerprint}`;
  const startsAtMs = soundInstant(event.startsAt, receivedAtMs);
  const endsAtMs = soundInstant(event.endsAt, receivedAtMs);
  const toldAtMs = soundInstant(event.at, receivedAtMs) ?? (event.status === 'resolved' ? endsAtMs : startsAtMs);
  const parts = groupingParts(settings?.grouping ?? { by: 'alert_name' }, {
    serviceId: routed.serviceId,
    fingerprintKey,
    name: event.name,
    labels: event.labels,
  });
  return {
    alert,
    deliveryId: deliveryIdOf(alert, startsAtMs, endsAtMs, toldAtMs),
    arrival: {
      fingerprintKey,
      groupingKey: digest(JSON.stringify(parts)),
      status: event.status,
      startsAtMs,
      endsAtMs,
      toldAtMs,
      receivedAtMs,
      severity: routed.severity,
      suppressed: routed.suppressed,
      reopenWindowSeconds: settings?.reopenWindowSeconds ?? 0,
    },
  };
}

/** 128 bits in the form of a UUID: the odds of two alike among 10^12 are below 10^-14. */
function digest(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
