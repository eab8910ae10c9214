import { ApplicationFailure, condition, continueAsNew, patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { LoadedIncident } from '../contract/activities.ts';
import { alertsSignal, commandSignal, explainQuery, lookSignal, type IncidentInput } from '../contract/incident.ts';
import { failureTypes, incidentIdOf } from '../contract/names.ts';
import { stateFrom } from '../domain/incident/before.ts';
import { explain } from '../domain/incident/explain.ts';
import type { AlertsSignal, Command, Happening } from '../domain/incident/happening.ts';
import { newIncident } from '../domain/incident/state.ts';
import { loadIncident } from './activity-options.ts';
import { IncidentRun } from './incident-run.ts';

/** Far from Temporal's limit of 51,200 events, and short enough to be read. */
const defaultEventLimit = 4_000;

/**
 * An incident's life, from its opening until it is resolved. Whatever resolves it ends the run; a later alert or a
 * person's `reopen` starts the next run of the same id, which goes on from the state in the store.
 *
 * Neither its input nor a signal is believed. Which incident it is, the id of the workflow says; everything else the store does.
 */
export async function incidentWorkflow(input?: IncidentInput): Promise<void> {
  const incidentId = incidentIdOf(workflowInfo().workflowId);
  if (incidentId === null) throw noIncident('No incident has a workflow of this id.');
  const inbox: Happening[] = [];
  let run: IncidentRun | null = null;
  /** Signals that came before the incident was read. */
  const early: Happening[] = [];
  /** A version before began this run, and believed its signals; from now on it does so no more. */
  let isOld = true;
  const isBelieved = (): boolean => isOld && !patched('signals-only-say-that-there-is-news');
  const take = (told: Happening): void => {
    if (run === null) early.push(told);
    else if (isBelieved()) inbox.push(told);
    else run.hearNews();
  };
  setHandler(alertsSignal, (alerts) => take({ type: 'alerts', alerts: alerts as AlertsSignal }));
  setHandler(commandSignal, (command) => take({ type: 'command', command: command as Command }));
  setHandler(lookSignal, () => take({ type: 'clock' }));
  setHandler(explainQuery, () => {
    if (run === null)
      throw ApplicationFailure.create({ type: failureTypes.notBegun, message: 'The incident is being read from the store.' });
    return explain(run.state);
  });

  const readAfter = early.length;
  const carried = input?.carried;
  const loaded: LoadedIncident =
    carried === undefined || patched('carried-state-is-read-from-the-store')
      ? await loadIncident({ incidentId })
      : { known: true, state: carried };
  isOld = loaded.news === undefined;
  if (!loaded.known) inbox.push({ type: 'opened', setUp: loaded.setUp });
  run = new IncidentRun(inbox, loaded.known ? stateFrom(loaded.state) : newIncident(loaded.facts));
  if (loaded.known) run.resume();
  if (loaded.roomIsClosed === true) inbox.push({ type: 'room_closed' });
  if (loaded.keepsInStep === true) run.keepInStep({ isUpToDate: !loaded.known && loaded.setUp.documentIsElsewhere !== true });
  if (loaded.news !== undefined) run.beginWith(loaded.news);
  if (early.length > 0 && isBelieved()) inbox.push(...early);
  else if (early.length > (isOld ? 0 : readAfter)) run.hearNews();
  const eventLimit = (isOld ? input?.eventLimit : loaded.eventLimit) ?? defaultEventLimit;
  for (;;) {
    // The next run knows what is in the store, and nothing else.
    if (!isOld && isLong(eventLimit)) run.recordAll();
    run.takeAll();
    if (run.isFinished()) return;
    if (mayContinue(run, eventLimit)) {
      await continueAsNew<typeof incidentWorkflow>(isOld && input !== undefined ? { ...input, carried: run.state } : { incidentId });
    }
    await condition(() => run.hasWork() || run.isFinished() || run.hasFailed() || mayContinue(run, eventLimit));
    run.throwFailure();
  }
}

const noIncident = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: failureTypes.unknownIncident, message, nonRetryable: true });

/** Better between two sends; but a send that is tried for hours must not keep the run from ending, and the next run takes it up. */
const mayContinue = (run: IncidentRun, eventLimit: number): boolean =>
  isLong(eventLimit) && (run.isIdle() || (run.isRecorded() && isLong(2 * eventLimit)));

const isLong = (eventLimit: number): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventLimit;
