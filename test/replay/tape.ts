import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { continuedRunId, toJson } from '../../src/archive/closed-run.ts';
import type { RecordedRun } from '../../src/archive/histories-file.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import type { House } from '../support/house.ts';

const dirOf = (name: string): string => fileURLToPath(new URL(`../histories/${name}`, import.meta.url));

/** What today's code writes. */
export const historiesDir = dirOf('incident');

/**
 * What versions before wrote, and nobody can write again: runs that believed what their signals and their input said, such runs that
 * went on with the next version, and runs whose questions to the store Temporal tried again.
 */
export const olderHistories: readonly string[] = ['believing-signals', 'taken-over', 'tried-again-by-temporal'].map(dirOf);

export const recordedCases = async (dir = historiesDir): Promise<string[]> =>
  (await readdir(dir))
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => name.replace('.json.gz', ''))
    .toSorted();

/** Keeps the histories of a scenario's incidents, each run as it was when it was kept last. */
export class Tape {
  readonly house: House;
  private readonly kept = new Map<string, RecordedRun>();

  constructor(house: House) {
    this.house = house;
  }

  get runs(): RecordedRun[] {
    return [...this.kept.values()];
  }

  /** As `keep`, when the incident's run has ended. */
  async keepEnded(incidentId: string): Promise<void> {
    const handle = this.house.environment.client.workflow.getHandle(incidentWorkflowId(incidentId));
    await this.house.until('the end of the run', async () => (await handle.describe()).status.name !== 'RUNNING');
    await this.keep(incidentId);
  }

  /** The incident's last run and those that it continues. Before a reopening: that begins a run which continues none. */
  async keep(incidentId: string): Promise<void> {
    const workflowId = incidentWorkflowId(incidentId);
    const { workflow } = this.house.environment.client;
    let runId: string | null = (await workflow.getHandle(workflowId).describe()).runId;
    while (runId !== null) {
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      this.kept.set(runId, { workflowId, runId, history: JSON.parse(toJson(history)), link: null });
      runId = continuedRunId(history);
    }
  }
}
