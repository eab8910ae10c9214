import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';
import { writeHistories } from '../src/archive/histories-file.ts';
import { archivedRuns, runsInTemporal } from '../src/archive/incident-runs.ts';
import { replayBundle, replayRuns } from '../src/archive/replay.ts';
import { readTemporalSettings } from '../src/temporal-settings.ts';

export interface Replayed {
  readonly runs: number;
  /** A line each; empty when today's code decides everything as it was decided. */
  readonly differences: readonly string[];
}

export interface ReplaySample {
  /** How many incidents at most: each run of theirs is played by a worker of its own, which takes a second or so. */
  readonly incidents: number;
  /** Where histories that differ are kept: `<short id>.histories`, for `imas replay`. */
  readonly dir: string;
}

/** Plays the runs of some incidents again, archived or not, against today's workflow code: those that were worked on longest, and any others. */
export async function replaySample(pool: Pool, env: Readonly<Record<string, string>>, { incidents, dir }: ReplaySample): Promise<Replayed> {
  const { access, namespace } = readTemporalSettings(env);
  const connection = await Connection.connect({ ...access, address: env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection, namespace });
  // The SDK tells of every worker that it makes for a replay.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });
  const bundle = await replayBundle();
  const differences: string[] = [];
  let runs = 0;
  try {
    const { rows } = await pool.query<{ id: string; short_id: string }>(
      `(select id, short_id from incidents order by sequence desc limit $1) union (select id, short_id from incidents order by md5(id::text) limit $1)`,
      [Math.ceil(incidents / 2)],
    );
    for (const { id, short_id: shortId } of rows) {
      const archived = (await archivedRuns(pool, id)).map(({ run }) => run);
      const live = await runsInTemporal(client, id, new Set(archived.map(({ runId }) => runId)));
      const all = [...archived, ...live];
      const before = differences.length;
      for await (const replayed of replayRuns(all, bundle)) {
        runs += 1;
        for (const difference of replayed.differences) differences.push(`${shortId}: ${difference}`);
      }
      if (differences.length > before) await writeHistories(join(dir, `${shortId}.histories`), all);
    }
  } finally {
    await connection.close();
  }
  return { runs, differences };
}
