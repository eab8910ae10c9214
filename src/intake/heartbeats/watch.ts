import { setTimeout as delay } from 'node:timers/promises';
import { IntakeUnavailable } from '../intake.ts';
import { createRedelivery, incoming, type RedeliverDeps } from '../redeliver/source.ts';
import { readHeartbeats, stoppedSuffix, type KnownHeartbeat } from './known.ts';
import { stoppedSince } from './silence.ts';

export interface HeartbeatWatch {
  stop(): Promise<void>;
}

const lookEveryMs = 60_000;

/**
 * Looks each minute whether a heartbeat has stopped, and sends an alert through the intake when one has: once, until it beats again. Every
 * process that takes alerts in looks; the intake knows the same alert from another.
 */
export function startHeartbeatWatch(deps: RedeliverDeps): HeartbeatWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  let listeningSinceMs = Date.now();
  const loop = (async () => {
    while (!signal.aborted) {
      const restsSinceMs = Date.now();
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      if (sleptThrough(restsSinceMs, Date.now())) listeningSinceMs = Date.now();
      await lookAtHeartbeats(deps, { listeningSinceMs, nowMs: Date.now() }).catch((error: unknown) => {
        // While the store is away, beats are not heard either. An intake that is busy has heard them.
        if (!(error instanceof IntakeUnavailable)) listeningSinceMs = Date.now();
        deps.log.warn({ err: error }, 'heartbeats could not be looked at');
      });
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** Whether the process stood still while it rested between two looks (a machine that was suspended): it heard no beats either. */
export const sleptThrough = (restsSinceMs: number, nowMs: number): boolean => Math.abs(nowMs - restsSinceMs - lookEveryMs) > lookEveryMs;

/** One look. Returns how many alerts it sent. @throws errors of the store, IntakeUnavailable */
export async function lookAtHeartbeats(
  deps: RedeliverDeps,
  { listeningSinceMs, nowMs }: { readonly listeningSinceMs: number; readonly nowMs: number },
): Promise<number> {
  const redelivery = createRedelivery(deps);
  const news = (await readHeartbeats(deps.database.pool, deps.registry)).flatMap((heartbeat) => {
    const alert = alertOf(heartbeat, listeningSinceMs, nowMs);
    return alert === null ? [] : [{ heartbeat, alert }];
  });
  if (news.length === 0) return 0;
  const settings = await redelivery.settings();
  const alerts = news.flatMap(({ heartbeat, alert }) => {
    const parsed = redelivery.readAlert(heartbeat.source, alert, alert.status);
    return parsed.ok ? parsed.alerts.map((event) => incoming(event, heartbeat.alertSourceId, settings)) : [];
  });
  await redelivery.submit(alerts);
  return alerts.length;
}

/** As the source would send it; null where there is nothing to tell. */
function alertOf(heartbeat: KnownHeartbeat, listeningSinceMs: number, nowMs: number) {
  const { name, labels, fingerprint, lastAtMs, raised } = heartbeat;
  const sinceMs = stoppedSince(heartbeat, Math.max(listeningSinceMs, heartbeat.sourceSinceMs), nowMs);
  const isRaised = raised?.status === 'firing';
  const ends = isRaised && heartbeat.endedAtMs === null && lastAtMs > raised.startedAtMs;
  const starts = sinceMs !== null && !isRaised && (raised === null || raised.startedAtMs < sinceMs);
  if (!starts && !ends) return null;
  const alert = {
    fingerprint: `${fingerprint}${stoppedSuffix}`,
    labels: { ...labels, alertname: `${name}Stopped`, severity: 'critical' },
    annotations: {
      summary: `${name} has stopped: alerts may no longer arrive`,
      description: `The heartbeat ${name} has stopped. Check Prometheus, Alertmanager, and the connection from there to IMAS.`,
    },
  };
  if (ends) {
    const [startsAt, endsAt] = [new Date(raised.startedAtMs).toISOString(), new Date(lastAtMs).toISOString()];
    return { ...alert, status: 'resolved', startsAt, endsAt };
  }
  return { ...alert, status: 'firing', startsAt: new Date(sinceMs as number).toISOString() };
}
