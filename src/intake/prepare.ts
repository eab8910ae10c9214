import { hash } from 'node:crypto';
import { groupingParts, type Arrival } from '../domain/correlation.ts';
import type { IncomingAlert } from './intake.ts';
import type { ServiceRow } from './store-sql.ts';

/** An alert with the keys by which the store knows it. */
export interface Prepared {
  readonly alert: IncomingAlert;
  readonly arrival: Arrival;
  readonly deliveryId: string;
}

/** Clocks may differ by so much; a time further ahead is taken for none. */
const clockSkewMs = 10 * 60_000;

/** Epoch milliseconds. A start in a far future would make every later one look old. */
function soundInstant(instant: string | null, receivedAtMs: number): number | null {
  if (instant === null) return null;
  const ms = Date.parse(instant);
  return ms > receivedAtMs + clockSkewMs ? null : ms;
}

export function prepare(alert: IncomingAlert, settings: ServiceRow | undefined): Prepared {
  const { event, alertSourceId, routed, receivedAtMs } = alert;
  const fingerprintKey = `${alertSourceId} ${event.fingerprint}`;
  const startsAtMs = soundInstant(event.startsAt, receivedAtMs);
  const endsAtMs = soundInstant(event.endsAt, receivedAtMs);
  const toldAtMs = soundInstant(event.at, receivedAtMs);
  const ownAtMs = toldAtMs ?? (event.status === 'resolved' ? endsAtMs : null) ?? startsAtMs;
  const atMs = ownAtMs ?? receivedAtMs;
  // The same alert with another severity is no repeat: it may have become worse.
  const told = event.status === 'firing' ? routed.severity : null;
  const parts = groupingParts(settings?.grouping ?? { by: 'alert_name' }, {
    serviceId: routed.serviceId,
    fingerprintKey,
    name: event.name,
    labels: event.labels,
  });
  return {
    alert,
    deliveryId: digest(JSON.stringify([alertSourceId, event.fingerprint, startsAtMs ?? `at ${atMs}`, event.status, endsAtMs, told])),
    arrival: {
      fingerprintKey,
      groupingKey: digest(JSON.stringify(parts)),
      status: event.status,
      startsAtMs,
      endsAtMs,
      atMs,
      isTimed: ownAtMs !== null,
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
