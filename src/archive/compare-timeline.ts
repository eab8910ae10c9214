import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import type { TimelineEntry } from '../domain/incident/turn.ts';

/** Entries named one by one; more are counted. */
const named = 5;

/** Whether the timeline that people read says what the replayed runs wrote. Returns what differs, in words. */
export async function compareTimeline(pool: Pool, incidentId: string, replayed: readonly TimelineEntry[]): Promise<readonly string[]> {
  const { rows } = await pool.query<{
    sequence: number;
    timestamp: Date;
    type: string;
    message: string;
    actor: unknown;
    data: unknown;
  }>('select sequence, timestamp, type, message, actor, data from timeline_entries where incident_id = $1', [incidentId]);
  const stored = new Map(rows.map((row) => [row.sequence, row]));
  const differences: string[] = [];
  for (const entry of replayed) {
    const row = stored.get(entry.sequence);
    if (row === undefined) differences.push(`entry ${entry.sequence} (${entry.type}) is missing from the timeline`);
    else {
      const was = { type: row.type, message: row.message, actor: row.actor, data: row.data, atMs: row.timestamp.getTime() };
      const { type, message, actor, data, atMs } = entry;
      const changed = Object.entries({ type, message, actor, data, atMs }).find(
        ([key, value]) => !isDeepStrictEqual(was[key as 'type'], value),
      );
      if (changed !== undefined)
        differences.push(
          `entry ${entry.sequence} of the timeline has another ${changed[0] === 'atMs' ? 'time' : changed[0]} than it was written with`,
        );
    }
  }
  if (differences.length <= named) return differences;
  return [...differences.slice(0, named), `and ${differences.length - named} more`];
}
