import { randomUUID } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import type { Logger } from 'pino';
import { changesChannel } from '../contract/names.ts';

export interface Change {
  readonly incident: string;
  readonly short_id: string;
  readonly sequence: number;
}

export type FeedEvent =
  | { readonly id: string; readonly type: 'change'; readonly change: Change }
  /** Something was missed, or may have been: read everything again. */
  | { readonly id: string; readonly type: 'reset' };

/** One reader of the feed: a browser's event stream. */
export interface Reader {
  /** What came since the last call; empty after `timeoutMs` of silence, or when the reader is closed. */
  next(timeoutMs: number): Promise<readonly FeedEvent[]>;
  close(): void;
}

export interface ChangeFeed {
  /** `lastEventId` as the browser sent it, null on its first connection. */
  read(lastEventId: string | null): Reader;
  /** Id of the last event, for a reader who starts now. */
  readonly position: string;
  readonly readers: number;
}

const keptChanges = 1_000;
/** What one slow reader may have waiting, by incident; beyond it, it is told to read everything again. */
const maxWaiting = 500;
const idleMs = 60_000;

/**
 * One connection to Postgres listens for this process and hands out to every reader. Opened with the first reader,
 * closed a minute after the last. While it is away nothing is heard, so its return is a `reset` for everybody.
 */
export function createChangeFeed(database: ClientConfig, log: Logger): ChangeFeed {
  const readers = new Set<(event: FeedEvent) => void>();
  const recent: FeedEvent[] = [];
  let epoch = randomUUID().slice(0, 8);
  let number = 0;
  let client: Client | null = null;
  let connecting = false;
  let waitMs = 250;
  let idle: NodeJS.Timeout | undefined;

  const idOf = (): string => `${epoch}-${number}`;

  function publish(event: FeedEvent): void {
    for (const deliver of readers) deliver(event);
  }

  function heard(payload: string | undefined): void {
    const change = parseChange(payload);
    if (change === null) return;
    number += 1;
    const event: FeedEvent = { id: idOf(), type: 'change', change };
    recent.push(event);
    if (recent.length > keptChanges) recent.shift();
    publish(event);
  }

  async function listen(): Promise<void> {
    if (client !== null || connecting) return;
    connecting = true;
    const fresh = new Client({ ...database, application_name: 'imas-api-events' });
    fresh.on('error', (error) => lost(fresh, error));
    fresh.on('end', () => lost(fresh, null));
    fresh.on('notification', ({ payload }) => heard(payload));
    try {
      await fresh.connect();
      await fresh.query(`listen ${changesChannel}`);
      client = fresh;
      waitMs = 250;
      epoch = randomUUID().slice(0, 8);
      recent.length = 0;
      publish({ id: idOf(), type: 'reset' });
    } catch (error) {
      log.warn({ err: error }, 'cannot listen for changes');
      fresh.end().catch(() => undefined);
      retry();
    } finally {
      connecting = false;
    }
  }

  function lost(gone: Client, error: Error | null): void {
    if (client !== gone) return;
    client = null;
    if (error !== null) log.warn({ err: error }, 'the listening connection was lost');
    if (readers.size > 0) retry();
  }

  function retry(): void {
    setTimeout(() => void (readers.size > 0 && listen()), waitMs).unref();
    waitMs = Math.min(waitMs * 2, 5_000);
  }

  function closeWhenIdle(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (readers.size > 0) return;
      const leaving = client;
      client = null;
      leaving?.end().catch(() => undefined);
    }, idleMs).unref();
  }

  function missedSince(lastEventId: string | null): readonly FeedEvent[] {
    if (lastEventId === null) return [];
    const [theirs, seen] = [lastEventId.slice(0, 8), Number(lastEventId.slice(9))];
    const oldest = number - recent.length;
    if (theirs !== epoch || client === null || !Number.isInteger(seen) || seen < oldest || seen > number)
      return [{ id: idOf(), type: 'reset' }];
    return recent.slice(seen - oldest);
  }

  return {
    get position() {
      return idOf();
    },
    get readers() {
      return readers.size;
    },
    read(lastEventId) {
      const waiting = new Waiting();
      const missed = missedSince(lastEventId);
      for (const event of missed) waiting.add(event);
      const deliver = (event: FeedEvent): void => waiting.add(event);
      readers.add(deliver);
      void listen();
      return {
        next: (timeoutMs) => waiting.next(timeoutMs),
        close() {
          waiting.close();
          readers.delete(deliver);
          if (readers.size === 0) closeWhenIdle();
        },
      };
    },
  };
}

/** What one reader has not taken yet. Of several changes to one incident only the last is kept: it is all that is read again. */
class Waiting {
  private changes = new Map<string, FeedEvent>();
  private reset: FeedEvent | null = null;
  private wake: (() => void) | null = null;
  private closed = false;

  add(event: FeedEvent): void {
    if (event.type === 'reset' || this.changes.size >= maxWaiting) {
      this.changes.clear();
      this.reset = { id: event.id, type: 'reset' };
    } else {
      this.changes.delete(event.change.incident);
      this.changes.set(event.change.incident, event);
    }
    this.wake?.();
  }

  async next(timeoutMs: number): Promise<readonly FeedEvent[]> {
    if (this.changes.size === 0 && this.reset === null && !this.closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
    const events = [...(this.reset === null ? [] : [this.reset]), ...this.changes.values()];
    this.reset = null;
    this.changes.clear();
    return events;
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }
}

function parseChange(payload: string | undefined): Change | null {
  try {
    const { incident, short_id, sequence } = JSON.parse(payload ?? '') as Partial<Change>;
    if (typeof incident !== 'string' || typeof short_id !== 'string' || typeof sequence !== 'number') return null;
    return { incident, short_id, sequence };
  } catch {
    return null;
  }
}
