import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { archivedRuns, runsInTemporal } from '../src/archive/incident-runs.ts';
import { replayBundle, replayRuns } from '../src/archive/replay.ts';
import { readTemporalSettings } from '../src/temporal-settings.ts';

export interface Replayed {
  readonly runs: number;
  /** A line each; empty when today's code decides everything as it was decided. */
  readonly differences: readonly string[];
}

/** Plays every run of every incident again, archived or not, against today's workflow code. */
export async function replayEverything(pool: Pool, env: Readonly<Record<string, string>>): Promise<Replayed> {
  const { access, namespace } = readTemporalSettings(env);
  const connection = await Connection.connect({ ...access, address: env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection, namespace });
  const bundle = await replayBundle();
  const differences: string[] = [];
  let runs = 0;
  try {
    const { rows } = await pool.query<{ id: string; short_id: string }>('select id, short_id from incidents');
    for (const { id, short_id: shortId } of rows) {
      const archived = (await archivedRuns(pool, id)).map(({ run }) => run);
      const live = await runsInTemporal(client, id, new Set(archived.map(({ runId }) => runId)));
      for await (const replayed of replayRuns([...archived, ...live], bundle)) {
        runs += 1;
        for (const difference of replayed.differences) differences.push(`${shortId}: ${difference}`);
      }
    }
  } finally {
    await connection.close();
  }
  return { runs, differences };
}
