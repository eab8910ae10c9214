import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { mailboxLock } from '../contract/locks.ts';
import type { Metrics } from '../observe/metrics.ts';
import { readMailbox, type SessionDeps, type SessionWaits } from './imap-session.ts';
import { causeOf } from './mailbox-cause.ts';

/** Milliseconds. */
export interface WatchWaits extends SessionWaits {
  /** Before a mailbox that broke off is opened again: doubled each time, up to the second. */
  readonly again: number;
  readonly againAtMost: number;
  /** Between two looks whether the lock is free, or still ours. */
  readonly lock: number;
}

export interface WatchDeps extends Omit<SessionDeps, 'onOpen' | 'waits'> {
  readonly pool: Pool;
  readonly metrics: Pick<Metrics, 'mailboxConnected'>;
  readonly waits?: Partial<WatchWaits>;
}

export interface MailboxWatch {
  /** Takes no other mail, waits for the one that it is at, and closes the connection. */
  stop(): Promise<void>;
}

const usualWaits: WatchWaits = {
  connect: 15_000,
  silence: 90_000,
  poll: 60_000,
  again: 1_000,
  againAtMost: 300_000,
  lock: 5_000,
};

/** Reads the mailbox of answers in one process at a time: a lock of the store says in which, and another takes over within seconds when it dies. */
export function startMailboxWatch(deps: WatchDeps): MailboxWatch {
  const waits: WatchWaits = { ...usualWaits, ...deps.waits };
  const { pool, log, metrics, inbox } = deps;
  const stopping = new AbortController();
  const rest = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

  async function keepOpen(signal: AbortSignal): Promise<void> {
    let waitMs = waits.again;
    const onOpen = (): void => {
      waitMs = waits.again;
      metrics.mailboxConnected.set(1);
      log.info({ host: inbox.host }, 'the mailbox for answers is open');
    };
    while (!signal.aborted) {
      try {
        await readMailbox({ ...deps, waits, onOpen }, signal);
      } catch (error) {
        log.warn(
          { host: inbox.host, cause: causeOf(error), againInMs: waitMs },
          'the mailbox for answers cannot be read; it is tried again',
        );
      }
      metrics.mailboxConnected.set(0);
      await rest(waitMs, signal);
      waitMs = Math.min(waitMs * 2, waits.againAtMost);
    }
  }

  /** Ends when the connection that holds the lock does: then another process may have it. */
  async function whileHeld(guard: PoolClient): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping.signal, lost.signal]);
    const reading = keepOpen(signal);
    try {
      while (!signal.aborted) {
        await rest(waits.lock, signal);
        await guard.query('select 1');
      }
    } finally {
      lost.abort();
      await reading;
    }
  }

  async function whileFree(): Promise<void> {
    const guard = await pool.connect();
    // The pool listens for errors of clients that are idle alone.
    guard.on('error', () => undefined);
    try {
      const { rows } = await guard.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [mailboxLock]);
      if (rows[0]?.free === true) await whileHeld(guard);
    } finally {
      // A connection that is thrown away gives its lock back.
      guard.release(true);
    }
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await whileFree().catch((error: unknown) => log.warn({ cause: causeOf(error) }, 'the mailbox for answers is waited for again'));
      await rest(waits.lock, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
