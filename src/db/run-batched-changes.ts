import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { batchedChanges, type BatchedChange } from './batched-change.ts';

export interface BatchedProgress {
  readonly change: string;
  readonly done: number;
  readonly total: number;
}

export interface RunBatchedChanges {
  /** Told after each batch. */
  readonly onProgress?: (progress: BatchedProgress) => void;
  readonly changes?: readonly BatchedChange[];
  /** Between two batches, so that whoever works beside it gets a turn. */
  readonly pauseMs?: number;
}

/** Any number that no other program of the same database uses. */
const changesLock = 4_970_116;

/**
 * Goes through what is not done yet, batch by batch. A process that is killed, or a connection that is lost, costs one batch: the next run
 * goes on from there. Several at once take turns. Resolves with the names of what was finished now.
 */
export async function runBatchedChanges(
  url: string,
  { onProgress, changes = batchedChanges, pauseMs = 20 }: RunBatchedChanges = {},
): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, application_name: 'imas-migrate', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  const finished: string[] = [];
  try {
    await client.query('select pg_advisory_lock($1)', [changesLock]);
    for (const change of changes) if (await runOne(client, change, pauseMs, onProgress)) finished.push(change.name);
    return finished;
  } finally {
    await client.end();
  }
}

async function runOne(
  client: Client,
  change: BatchedChange,
  pauseMs: number,
  onProgress: RunBatchedChanges['onProgress'],
): Promise<boolean> {
  let place = await placeOf(client, change.name);
  if (place?.finished === true) return false;
  if (place === null) {
    const total = await change.total(client);
    await client.query('insert into batched_changes (name, total) values ($1, $2)', [change.name, total]);
    place = { next: null, done: 0, total, finished: false };
  }
  while (!place.finished) {
    await client.query('begin');
    try {
      const { rows, next } = await change.batch(client, place.next);
      place = { next, done: place.done + rows, total: place.total, finished: next === null };
      await client.query(
        'update batched_changes set next = $2, done = $3, finished_at = case when $4 then now() end, changed_at = now() where name = $1',
        [change.name, next, place.done, place.finished],
      );
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    onProgress?.({ change: change.name, done: place.done, total: Math.max(place.total, place.done) });
    if (!place.finished) await delay(pauseMs);
  }
  return true;
}

interface Place {
  readonly next: string | null;
  readonly done: number;
  readonly total: number;
  readonly finished: boolean;
}

async function placeOf(client: Client, name: string): Promise<Place | null> {
  const { rows } = await client.query<{ next: string | null; done: string; total: string; finished: boolean }>(
    'select next, done, total, finished_at is not null as finished from batched_changes where name = $1',
    [name],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, done: Number(row.done), total: Number(row.total) };
}
