import type { Pool } from 'pg';
import type { StoredSaid } from '../db/stored-said.ts';
import type { TimelineEntry } from '../domain/incident/turn.ts';
import { firstDifference } from './first-difference.ts';

/** Entries named one by one; more are counted. */
const named = 5;

interface Row extends StoredSaid, Pick<TimelineEntry, 'type' | 'actor' | 'data'> {
  readonly sequence: number;
  readonly timestamp: Date;
}

/** Whether the timeline that people read says what the replayed runs wrote. Returns what differs, in words. */
export async function compareTimeline(pool: Pool, incidentId: string, replayed: readonly TimelineEntry[]): Promise<readonly string[]> {
  const { rows } = await pool.query<Row>(
    'select sequence, timestamp, type, said, message, actor, data from timeline_entries where incident_id = $1',
    [incidentId],
  );
  const stored = new Map(rows.map((row) => [row.sequence, row]));
  const differences: string[] = [];
  for (const entry of replayed) {
    const row = stored.get(entry.sequence);
    if (row === undefined) differences.push(`entry ${entry.sequence} (${entry.type}) is missing from the timeline`);
    else {
      const changed = whatChanged(row, entry);
      if (changed !== undefined)
        differences.push(`entry ${entry.sequence} of the timeline has another ${changed} than it was written with`);
    }
  }
  if (differences.length <= named) return differences;
  return [...differences.slice(0, named), `and ${differences.length - named} more`];
}

function whatChanged(row: Row, { type, said, actor, data, atMs }: TimelineEntry): string | undefined {
  const pairs = {
    type: [row.type, type],
    // An entry of the versions before has words alone, which today's code does not write.
    message:
      row.said === null
        ? []
        : [
            [row.said, row.message],
            [said, ''],
          ],
    actor: [row.actor, actor],
    data: [row.data, data],
    time: [row.timestamp.getTime(), atMs],
  };
  return Object.entries(pairs).find(([, [was, now]]) => firstDifference(was, now) !== null)?.[0];
}
