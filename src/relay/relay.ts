import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { outboxChannel } from '../contract/names.ts';
import type { Metrics } from '../observe/metrics.ts';
import { deliverIncident } from './deliver.ts';
import { listen } from './listen.ts';

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
  /** History events after which a run continues as a new one; the workflow's own limit when absent. */
  readonly eventLimit?: number;
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
 * Moves outbox rows to Temporal, the severest incidents first. A row leaves the outbox only in the transaction in which
 * Temporal has taken it, so at worst it is told twice; the workflow knows what it has seen.
 */
export function startRelay(options: RelayOptions): Relay {
  const { pool, log, metrics, concurrency = 16 } = options;
  const busy = new Map<string, Promise<void>>();
  const rests = new Map<string, Rest>();
  let stopped = false;
  let wake = (): void => undefined;
  const listener = listen({ databaseUrl: options.databaseUrl, channel: outboxChannel, onNotice: () => wake(), log });

  async function look(): Promise<void> {
    const nowMs = Date.now();
    for (const [incidentId, rest] of rests) if (rest.untilMs < nowMs - longestPauseMs && rest.failures === 0) rests.delete(incidentId);
    const resting = [...rests].filter(([, rest]) => rest.untilMs > nowMs);
    const held = [...busy.keys(), ...resting.filter(([, rest]) => rest.held).map(([id]) => id)];
    const paused = resting.filter(([, rest]) => !rest.held).map(([id]) => id);
    const { rows } = await pool.query<{ incident_id: string }>({
      name: 'relay-look',
      text: `select incident_id from (
          select incident_id, rank, id from outbox
          where incident_id <> all($1::uuid[]) and (kind = 'command' or incident_id <> all($2::uuid[]))
          order by rank, id limit 500
        ) due group by incident_id order by min(rank), min(id) limit $3`,
      values: [held, paused, concurrency - busy.size],
    });
    for (const { incident_id: incidentId } of rows) {
      const delivery = deliver(incidentId).finally(() => {
        busy.delete(incidentId);
        wake();
      });
      busy.set(incidentId, delivery);
    }
  }

  async function deliver(incidentId: string): Promise<void> {
    const rest = rests.get(incidentId) ?? { untilMs: 0, failures: 0, signals: 0, held: false };
    try {
      const signals = await deliverIncident(options, incidentId);
      if (signals === 'held_elsewhere') {
        rests.set(incidentId, { ...rest, untilMs: Date.now() + elsewhereMs, held: true });
        return;
      }
      metrics.relaySignals.inc({ result: 'sent' }, signals);
      const pauseMs = Math.min(longestPauseMs, rest.signals * pauseStepMs);
      rests.set(incidentId, { untilMs: Date.now() + pauseMs, failures: 0, signals: rest.signals + signals, held: false });
    } catch (error) {
      const backoffMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** rest.failures);
      rests.set(incidentId, { untilMs: Date.now() + backoffMs, failures: rest.failures + 1, signals: rest.signals, held: true });
      metrics.relaySignals.inc({ result: 'failed' });
      log.warn({ err: error, incidentId, backoffMs }, 'an incident could not be signalled; its messages wait in the outbox');
    }
  }

  const loop = (async () => {
    while (!stopped) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      if (busy.size < concurrency) {
        await look().catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be read'));
      }
      const soonest = Math.min(lookEveryMs, ...[...rests.values()].map((rest) => rest.untilMs - Date.now()).filter((ms) => ms > 0));
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
  readonly failures: number;
  readonly signals: number;
  /** Not even commands: another process is at it, or Temporal did not take it. */
  readonly held: boolean;
}
