import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { attempt } from '../connections/attempt.ts';
import { openProvider, type ProviderDeps } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import { done } from '../connectors/outcome.ts';
import { typeOf } from '../connectors/registry.ts';
import { listenerLock } from '../contract/locks.ts';
import type { Egress } from '../egress/egress.ts';
import { conversationFor, type SpeakingDeps } from './for-provider.ts';

export interface ListenerDeps extends ProviderDeps, SpeakingDeps {
  readonly egress: Egress;
}

export interface Listeners {
  /** Closes every socket. */
  stop(): Promise<void>;
}

const lookEveryMs = 5_000;

interface Row {
  readonly id: string;
  readonly version: string;
}

interface Listening {
  readonly version: string;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
  /** Null while it goes on. */
  endedAtMs: number | null;
}

/** What ended by itself, since the vendor refused it for example, is tried again after this. */
const againAfterMs = 60_000;
const isSpent = ({ endedAtMs }: Listening): boolean => endedAtMs !== null && Date.now() - endedAtMs > againAfterMs;

/**
 * Holds a socket of ours to each vendor that offers one, for those without a public address. One process at a time has all of them: a
 * lock of the store says which, and another takes over within seconds when it dies.
 */
export function startListeners(deps: ListenerDeps): Listeners {
  const { registry, log } = deps;
  const { pool } = deps.database;
  const types = registry.all.filter((connector) => connector.listen !== undefined).map(typeOf);
  const stopping = new AbortController();
  const held = new Map<string, Listening>();

  async function listen({ id }: Row, signal: AbortSignal): Promise<void> {
    const opened = await openProvider(deps, id);
    const act = opened.ok ? opened.value.connector.listen : undefined;
    if (!opened.ok || act === undefined) return;
    const { connector, config } = opened.value;
    const call = createCall(connector, { config, door: deps.egress, actId: `listen/${id}`, signal });
    const result = await attempt(
      call,
      log.child({ providerId: id }),
      async () => (await act(call, conversationFor(deps, opened.value, call))) ?? done(null),
    );
    if (!result.ok) log.warn({ providerId: id, reason: result.reason.code }, 'nobody listens to this provider');
  }

  /** A provider that was changed is listened to anew. */
  async function look(guard: PoolClient): Promise<void> {
    const { rows } = await guard.query<Row>(
      `select id, extract(epoch from updated_at)::text || config::text as version from providers where is_active and type = any($1)`,
      [types],
    );
    const wanted = new Map(rows.map((row) => [row.id, row]));
    for (const [id, listening] of held) {
      if (wanted.get(id)?.version === listening.version && !isSpent(listening)) continue;
      listening.stopping.abort();
      await listening.ended;
      held.delete(id);
    }
    for (const row of rows) {
      if (held.has(row.id)) continue;
      const own = new AbortController();
      const ended = listen(row, own.signal)
        .catch((error: unknown) => log.error({ err: error }, 'listening ended'))
        .then(() => void (listening.endedAtMs = Date.now()));
      const listening: Listening = { version: row.version, stopping: own, ended, endedAtMs: null };
      held.set(row.id, listening);
    }
  }

  async function stopAll(): Promise<void> {
    for (const listening of held.values()) listening.stopping.abort();
    await Promise.all([...held.values()].map(({ ended }) => ended));
    held.clear();
  }

  async function whileHolding(): Promise<void> {
    const guard = await pool.connect();
    try {
      const { rows } = await guard.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [listenerLock]);
      if (rows[0]?.free !== true) return;
      while (!stopping.signal.aborted) {
        await look(guard);
        await delay(lookEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    } finally {
      await stopAll();
      // A connection that is thrown away gives its lock back.
      guard.release(true);
    }
  }

  const loop = (async () => {
    while (types.length > 0 && !stopping.signal.aborted) {
      await whileHolding().catch((error: unknown) => log.warn({ err: error }, 'listening is tried again'));
      await delay(lookEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
