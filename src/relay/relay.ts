import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { outboxChannel } from '../contract/names.ts';
import type { Metrics } from '../observe/metrics.ts';
import { deliverIncident } from './deliver.ts';
import { Inflow } from './inflow.ts';
import { listen } from './listen.ts';
import { calmIncidents, urgentIncidents } from './waiting.ts';

export interface Relay {
  /** Takes no more, and waits for what is on its way. */
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** False where the namespace has none registered (Temporal's time-skipping test server). */
  readonly withSearchAttributes: boolean;
  /** Incidents told at the same time; each holds a connection while Temporal answers. */
  readonly concurrency?: number;
}

/** A notification may get lost with its connection; nothing waits longer than this for the relay to look. */
const lookEveryMs = 1_000;
/** While Temporal is away, an incident is tried again after this, doubling up to the longest. */
const firstBackoffMs = 200;
const longestBackoffMs = 5_000;
/** An incident that another process is telling is left to it this long. */
const elsewhereMs = 300;
/** An incident told again and again is told less often, so that a storm is few signals; the first ones go at once. */
const pauseStepMs = 50;
const longestPauseMs = 1_000;
/**
 * While alerts pour in, taking them in comes first: what known incidents may be told with what follows waits longer, so that all of them
 * together cost some ten signals a second, from the first moment on.
 */
const pouringPerSecond = 300;
const calmEveryMs = 100;
/** So many at most are told at once what can wait: what cannot would come after all of them at the workers. */
const calmAtOnce = 4;
const longestCalmMs = 15_000;

/**
 * Moves outbox rows to Temporal, the severest incidents first. A row leaves the outbox only in the transaction in which
 * Temporal has taken it, so at worst it is told twice; the workflow knows what it has seen.
 */
export function startRelay(options: RelayOptions): Relay {
  const { pool, log, metrics, concurrency = 16 } = options;
  const busy = new Map<string, Promise<void>>();
  const rests = new Map<string, Rest>();
  const inflow = new Inflow(pool);
  let calmLookAtMs = 0;
  let stopped = false;
  let wake = (): void => undefined;
  const listener = listen({ databaseUrl: options.databaseUrl, channel: outboxChannel, onNotice: () => wake(), log });

  async function look(): Promise<void> {
    const nowMs = Date.now();
    for (const [incidentId, rest] of rests) {
      if (Math.max(rest.untilMs, rest.calmUntilMs) < nowMs - longestPauseMs && rest.failures === 0) rests.delete(incidentId);
    }
    const resting = [...rests];
    const idsOf = (isResting: (rest: Rest) => boolean): string[] => resting.filter(([, rest]) => isResting(rest)).map(([id]) => id);
    const held = [...busy.keys(), ...idsOf((rest) => rest.held && rest.untilMs > nowMs)];
    const paused = idsOf((rest) => rest.untilMs > nowMs);
    const urgent = await urgentIncidents(pool, { held, paused, most: concurrency - busy.size });
    for (const incidentId of urgent) begin(incidentId);
    // While they pour in just so many that each has its turn before it has rested.
    const calm = inflow.isAbove(pouringPerSecond) ? 1 + Math.floor((rests.size * calmEveryMs) / longestCalmMs) : calmAtOnce;
    const most = Math.min(calm, concurrency - busy.size);
    if (most <= 0 || nowMs < calmLookAtMs) return;
    calmLookAtMs = nowMs + calmEveryMs;
    const apart = [...busy.keys(), ...idsOf((rest) => Math.max(rest.untilMs, rest.calmUntilMs) > nowMs)];
    for (const incidentId of await calmIncidents(pool, { apart, most })) begin(incidentId);
  }

  function begin(incidentId: string): void {
    const delivery = deliver(incidentId).finally(() => {
      busy.delete(incidentId);
      wake();
    });
    busy.set(incidentId, delivery);
  }

  async function deliver(incidentId: string): Promise<void> {
    const rest = rests.get(incidentId) ?? { untilMs: 0, calmUntilMs: 0, failures: 0, signals: 0, held: false };
    try {
      const signals = await deliverIncident(options, incidentId);
      if (signals === 'held_elsewhere') {
        rests.set(incidentId, { ...rest, untilMs: Date.now() + elsewhereMs, held: true });
        return;
      }
      metrics.relaySignals.inc({ result: 'sent' }, signals);
      const nowMs = Date.now();
      const untilMs = nowMs + Math.min(longestPauseMs, rest.signals * pauseStepMs);
      const calmMs = inflow.isAbove(pouringPerSecond) ? Math.min(longestCalmMs, rests.size * calmEveryMs) : 0;
      rests.set(incidentId, { untilMs, calmUntilMs: nowMs + calmMs, failures: 0, signals: rest.signals + signals, held: false });
    } catch (error) {
      const backoffMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** rest.failures);
      rests.set(incidentId, { ...rest, untilMs: Date.now() + backoffMs, failures: rest.failures + 1, held: true });
      metrics.relaySignals.inc({ result: 'failed' });
      log.warn({ err: error, incidentId, backoffMs }, 'an incident could not be signalled; its messages wait in the outbox');
    }
  }

  const loop = (async () => {
    while (!stopped) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (busy.size < concurrency) {
        await inflow
          .measure()
          .then(look)
          .catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be read'));
      }
      const nowMs = Date.now();
      const due = [calmLookAtMs, ...[...rests.values()].flatMap((rest) => [rest.untilMs, rest.calmUntilMs])];
      const soonest = Math.min(lookEveryMs, ...due.map((atMs) => atMs - nowMs).filter((ms) => ms > 0));
      const timer = setTimeout(() => wake(), soonest);
      await woken;
      clearTimeout(timer);
    }
    await Promise.allSettled(busy.values());
  })();

  return {
    async stop() {
      stopped = true;
      wake();
      await listener.close();
      await loop;
    },
  };
}

interface Rest {
  readonly untilMs: number;
  /** Until when it is told nothing that can wait. */
  readonly calmUntilMs: number;
  readonly failures: number;
  readonly signals: number;
  /** Not even commands: another process is at it, or Temporal did not take it. */
  readonly held: boolean;
}
