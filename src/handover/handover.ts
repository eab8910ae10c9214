import { setTimeout as delay } from 'node:timers/promises';
import { handoverLock } from '../contract/locks.ts';
import type { SendDeps } from '../delivery/send.ts';
import { dutyAt } from '../domain/handover.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { activeUsers } from '../people/active-users.ts';
import { readDirectory } from '../people/directory.ts';
import { keepGroup } from './keep-group.ts';
import { readSchedules } from './kept-schedules.ts';
import { postHandover } from './post-handover.ts';

export interface Handover {
  /** Begins no other schedule, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const lookEveryMs = 15_000;

/** Keeps chats at who is on call: user groups, and hand-overs in the teams' channels. One process at a time does it. */
export function startHandover(deps: SendDeps): Handover {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await handOverOnce(deps, Date.now(), signal).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'schedules could not be looked at for hand-overs; it is tried again'),
      );
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** One look at all schedules. False when another process is at it. @param nowMs epoch milliseconds */
export async function handOverOnce(deps: SendDeps, nowMs: number, signal: AbortSignal): Promise<boolean> {
  const guard = await deps.database.pool.connect();
  let broken = true;
  try {
    const { rows } = await guard.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [handoverLock]);
    const free = rows[0]?.free === true;
    if (free) {
      await lookAtSchedules(deps, nowMs, signal);
      await guard.query('select pg_advisory_unlock($1)', [handoverLock]);
    }
    broken = false;
    return free;
  } finally {
    // A connection that is thrown away gives its lock back.
    guard.release(broken);
  }
}

async function lookAtSchedules(deps: SendDeps, nowMs: number, signal: AbortSignal): Promise<void> {
  const { pool } = deps.database;
  const [schedules, isThere] = await Promise.all([readSchedules(pool), activeUsers(pool)]);
  let read: Promise<Directory> | null = null;
  const directory = (): Promise<Directory> => (read ??= readDirectory({ pool, ...deps }));
  const user = async (id: string) => (await directory()).users.get(id) ?? null;
  for (const schedule of schedules) {
    const duty = dutyAt(schedule, nowMs, isThere);
    if (signal.aborted || duty === null) continue;
    try {
      // First, since it makes the row of a schedule that is new.
      await postHandover(deps, schedule, duty, { nowMs, signal, directory });
      await keepGroup(deps, schedule, duty, { nowMs, signal, user });
    } catch (error) {
      deps.log.warn({ err: error, scheduleId: schedule.id }, 'a schedule’s hand-over failed; it is tried again');
    }
  }
}
