import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';
import { compareTimeline } from '../archive/compare-timeline.ts';
import { readHistories, UnreadableHistories, writeHistories, type RecordedRun } from '../archive/histories-file.ts';
import { archivedRuns, findIncident, isIncidentId, runsInTemporal } from '../archive/incident-runs.ts';
import { replayBundle, replayRuns, type ReplayedRun } from '../archive/replay.ts';
import { linkHash, sha256 } from '../archive/archived-run.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import type { TemporalSettings } from '../temporal-settings.ts';
import type { TimelineEntry } from '../domain/incident/turn.ts';
import { findInstallation, type Installation } from './installation.ts';
import { Stop } from './stop.ts';

export interface ReplayOptions {
  readonly json: boolean;
  /** Writes the histories to this file instead of replaying them. */
  readonly export?: string;
}

/** What is to be replayed, and what is known about it beside its histories. */
interface Subject {
  readonly runs: readonly RecordedRun[];
  /** About the histories themselves: not what was archived, not all there. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** What the store's timeline differs in from what was replayed. */
  compareTimeline(entries: readonly TimelineEntry[]): Promise<readonly string[]>;
}

/**
 * `imas replay`: an incident (short id or UUID), or a file of an export or of Temporal's own tools. Returns the exit code:
 * 0 when today's code decides the same in every run, 1 when not. @throws Stop when there is nothing to replay
 */
export async function runReplay(given: string, options: ReplayOptions, config: Config): Promise<number> {
  if (existsSync(given) || !isIncidentId(given)) return replaySubject(await fromFile(given), options);
  const installation = await findInstallation(config);
  const database = await openDatabase(installation.databaseUrl, {
    applicationName: 'imas-replay',
    poolSize: 2,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 120_000,
  });
  try {
    return await replaySubject(await fromInstallation(database.pool, given, installation), options);
  } finally {
    await database.close();
  }
}

async function fromFile(path: string): Promise<Subject> {
  if (!existsSync(path)) throw new Stop(`"${path}" is neither an incident (INC-ABC123, or a UUID) nor a file.`);
  try {
    const runs = await readHistories(path);
    const changed = runs.filter(
      ({ link, history, erasedHash }) => link !== null && (erasedHash ?? link.contentHash) !== sha256(JSON.stringify(history)),
    );
    return {
      runs,
      problems: changed.map(({ runId }) => `run ${runId} is not what was archived: its content hash differs`),
      notes: [],
      compareTimeline: async () => [],
    };
  } catch (error) {
    if (error instanceof UnreadableHistories) throw new Stop(error.message);
    throw error;
  }
}

async function fromInstallation(pool: Pool, given: string, installation: Installation): Promise<Subject> {
  const incident = await findIncident(pool, given);
  if (incident === null) throw new Stop(`There is no incident ${given}.`);
  const archived = await archivedRuns(pool, incident.id);
  const known = new Set(archived.map(({ run }) => run.runId));
  const live = await askTemporal(installation.temporal, (client) => runsInTemporal(client, incident.id, known));
  const kept = archived.filter(({ isGone }) => !isGone);
  const runs = [...kept.map(({ run }) => run), ...live.runs];
  const gone = archived.find(({ isGone, intact }) => isGone && intact)?.erasure;
  if (runs.length === 0 && gone != null)
    throw new Stop(`${given} was erased on ${gone.at.slice(0, 10)} by ${gone.by} (${gone.reason}): there is no history left to replay.`);
  if (runs.length === 0)
    throw new Stop(`No run of ${given} is archived${live.note === null ? ', and Temporal has none' : `; ${live.note}`}.`);
  return {
    runs,
    problems: archived
      .filter(({ intact }) => !intact)
      .map(({ run }) => `run ${run.runId} is not what was archived: see "imas audit verify"`),
    notes: [
      ...(live.note === null ? [] : [live.note]),
      ...kept.flatMap(({ run, erasure }) =>
        erasure === null ? [] : [`A person was erased from run ${run.runId} on ${erasure.at.slice(0, 10)}: it is replayed as it is now.`],
      ),
    ],
    compareTimeline: (entries) => compareTimeline(pool, incident.id, entries),
  };
}

async function askTemporal(
  { address, namespace, access }: TemporalSettings,
  ask: (client: Client) => Promise<readonly RecordedRun[]>,
): Promise<{ readonly runs: readonly RecordedRun[]; readonly note: string | null }> {
  const away = 'only archived runs are looked at';
  if (address === null) return { runs: [], note: `Temporal does not run here (TEMPORAL_ADDRESS is not set): ${away}` };
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...access, address, connectTimeout: '3s' });
  } catch {
    return { runs: [], note: `Temporal does not answer at ${address}: ${away}` };
  }
  try {
    return { runs: await ask(new Client({ connection, namespace })), note: null };
  } finally {
    await connection.close();
  }
}

async function replaySubject(subject: Subject, { json, export: file }: ReplayOptions): Promise<number> {
  const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
  for (const note of subject.notes) process.stderr.write(`${note}\n`);
  if (file !== undefined) {
    await writeHistories(file, subject.runs);
    say(
      `${subject.runs.length} ${subject.runs.length === 1 ? 'run' : 'runs'} written to ${file}. Replay them anywhere with: imas replay ${file}`,
    );
    if (json) process.stdout.write(`${JSON.stringify({ file, runs: subject.runs.length })}\n`);
    return 0;
  }
  // The SDK logs every worker it creates for a replay; what matters is printed here.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });
  const results: ReplayedRun[] = [];
  for await (const result of replayRuns(subject.runs, await replayBundle())) {
    results.push(result);
    for (const line of describe(result)) say(line);
  }
  const timeline = await subject.compareTimeline(results.flatMap(({ entries }) => entries));
  for (const line of [...subject.problems, ...timeline]) say(`PROBLEM  ${line}`);
  const same = results.every(({ differences }) => differences.length === 0) && subject.problems.length + timeline.length === 0;
  say(same ? 'The current code decides the same.' : 'The current code decides differently.');
  if (json) process.stdout.write(`${JSON.stringify(asJson(same, results, [...subject.problems, ...timeline]))}\n`);
  return same ? 0 : 1;
}

const describe = ({ run, events, differences }: ReplayedRun): readonly string[] => [
  `${differences.length === 0 ? 'same   ' : 'DIFFERS'}  ${run.workflowId} run ${run.runId}, ${events} events, ${placeOf(run)}`,
  ...differences.map((difference) => `         ${difference}`),
];

const placeOf = ({ link }: RecordedRun): string =>
  link === null ? 'not archived' : `${link.status.replaceAll('_', ' ')} ${link.closedAt.toISOString()}, link ${link.sequence}`;

const asJson = (same: boolean, results: readonly ReplayedRun[], problems: readonly string[]): object => ({
  same,
  runs: results.map(({ run, events, differences }) => ({
    workflow_id: run.workflowId,
    run_id: run.runId,
    events,
    archived:
      run.link === null
        ? null
        : { sequence: run.link.sequence, status: run.link.status, closed_at: run.link.closedAt, hash: linkHash(run.link) },
    same: differences.length === 0,
    differences,
  })),
  problems,
});
