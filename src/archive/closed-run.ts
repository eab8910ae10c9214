import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import type { ClosedRun, RunStatus } from './archived-run.ts';

type Event = NonNullable<History['events']>[number];

/** The events that close a run (temporal/api/history/v1/message.proto); one of them is the last one of its history. */
const closing: readonly [keyof Event, RunStatus][] = [
  ['workflowExecutionCompletedEventAttributes', 'completed'],
  ['workflowExecutionContinuedAsNewEventAttributes', 'continued_as_new'],
  ['workflowExecutionFailedEventAttributes', 'failed'],
  ['workflowExecutionTimedOutEventAttributes', 'timed_out'],
  ['workflowExecutionCanceledEventAttributes', 'canceled'],
  ['workflowExecutionTerminatedEventAttributes', 'terminated'],
];

export type RunOfIncident = Omit<ClosedRun, 'shortId' | 'json'>;

/** What a history says about its run; null while the run goes on. */
export function closedRunOf(history: History, run: { readonly workflowId: string; readonly runId: string }): RunOfIncident | null {
  const events = history.events ?? [];
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return null;
  const status = closing.find(([attributes]) => last[attributes] != null)?.[1];
  if (status === undefined) return null;
  return {
    ...run,
    incidentId: run.workflowId.replace(/^incident\//, ''),
    status,
    events: events.length,
    startedAt: toDate(first.eventTime),
    closedAt: toDate(last.eventTime),
  };
}

/** The run that this one continues; null for a first one. A reopened incident's run continues none. */
export const continuedRunId = (history: History): string | null =>
  history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || null;

/** Without the white space of the SDK's own. */
export const toJson = (history: History): string => JSON.stringify(JSON.parse(historyToJSON(history)));

function toDate(instant: { seconds?: { toNumber(): number } | number | null; nanos?: number | null } | null | undefined): Date {
  const seconds = instant?.seconds ?? 0;
  return new Date((typeof seconds === 'number' ? seconds : seconds.toNumber()) * 1000 + Math.floor((instant?.nanos ?? 0) / 1e6));
}
