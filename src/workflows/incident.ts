import { ApplicationFailure, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { LoadedIncident } from '../contract/activities.ts';
import { alertsSignal, commandSignal, explainQuery, lookSignal, type IncidentInput } from '../contract/incident.ts';
import { failureTypes } from '../contract/names.ts';
import { stateFrom } from '../domain/incident/before.ts';
import { explain } from '../domain/incident/explain.ts';
import type { Happening } from '../domain/incident/happening.ts';
import { newIncident } from '../domain/incident/state.ts';
import { loadIncident } from './activity-options.ts';
import { IncidentRun } from './incident-run.ts';

/** Far from Temporal's limit of 51,200 events, and short enough to be read. */
const defaultEventLimit = 4_000;

/**
 * An incident's life, from its opening until it is resolved. Whatever resolves it ends the run; a later alert or a
 * person's `reopen` starts the next run of the same id, which goes on from the state in the store.
 */
export async function incidentWorkflow(input: IncidentInput): Promise<void> {
  const inbox: Happening[] = [];
  let run: IncidentRun | null = null;
  setHandler(alertsSignal, (alerts) => void inbox.push({ type: 'alerts', alerts }));
  setHandler(commandSignal, (command) => void inbox.push({ type: 'command', command }));
  setHandler(lookSignal, () => void inbox.push({ type: 'clock' }));
  setHandler(explainQuery, () => {
    if (run === null)
      throw ApplicationFailure.create({ type: failureTypes.notBegun, message: 'The incident is being read from the store.' });
    return explain(run.state);
  });

  const loaded: LoadedIncident =
    input.carried === undefined ? await loadIncident({ incidentId: input.incidentId }) : { known: true, state: input.carried };
  if (!loaded.known) inbox.unshift({ type: 'opened', setUp: loaded.setUp });
  run = new IncidentRun(inbox, loaded.known ? stateFrom(loaded.state) : newIncident(loaded.facts));
  if (loaded.known) run.resume();
  const eventLimit = input.eventLimit ?? defaultEventLimit;
  for (;;) {
    run.takeAll();
    if (run.isFinished()) return;
    if (mayContinue(run, eventLimit)) await continueAsNew<typeof incidentWorkflow>({ ...input, carried: run.state });
    await condition(() => run.hasWork() || run.isFinished() || run.hasFailed() || mayContinue(run, eventLimit));
    run.throwFailure();
  }
}

/** Better between two sends; but a send that is tried for hours must not keep the run from ending, and the next run takes it up. */
const mayContinue = (run: IncidentRun, eventLimit: number): boolean =>
  isLong(eventLimit) && (run.isIdle() || (run.isRecorded() && isLong(2 * eventLimit)));

const isLong = (eventLimit: number): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventLimit;
