import { fileURLToPath } from 'node:url';
import { Worker, type InjectedSinks } from '@temporalio/worker';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON, type History, type Payload } from '@temporalio/common/lib/proto-utils.js';
import type { TimelineEntry } from '../domain/incident/turn.ts';
import { firstDifference } from './first-difference.ts';
import { workflowBundle } from '../worker/workflow-bundle.ts';
import type { RecordedRun } from './histories-file.ts';
import type { Decision, DecisionSinks } from './replay-interceptors.ts';

export interface ReplayedRun {
  readonly run: RecordedRun;
  readonly events: number;
  /** Empty when today's code decides the same. */
  readonly differences: readonly string[];
  /** The timeline as today's code writes it. */
  readonly entries: readonly TimelineEntry[];
}

/** The bundle for replays: the workflows, and an ear for what they decide. */
export const replayBundle = (): Promise<{ readonly codePath: string }> =>
  workflowBundle(undefined, [fileURLToPath(new URL('replay-interceptors.ts', import.meta.url))]);

/** Shown of one run; the first one usually causes the others. */
const shownDifferences = 5;

/**
 * Runs each history against today's workflow code, one after another. Temporal's own check compares the order and the kinds of
 * commands; this one also compares what they say: whom each page goes to and what each activity is asked, how long each
 * timer runs, how the run ends and what it hands to the next one.
 */
export async function* replayRuns(
  runs: Iterable<RecordedRun>,
  bundle: { readonly codePath: string } | { readonly code: string },
): AsyncGenerator<ReplayedRun> {
  let decided: Decision[] = [];
  const sinks: InjectedSinks<DecisionSinks> = {
    decisions: { tell: { fn: (_info, decision) => void decided.push(JSON.parse(decision) as Decision), callDuringReplay: true } },
  };
  for (const run of runs) {
    decided = [];
    let history: History;
    try {
      history = historyFromJSON(run.history);
    } catch (error) {
      yield { run, events: 0, differences: [`It is no history that can be read: ${(error as Error).message}`], entries: [] };
      continue;
    }
    const said = await replayOne(run, history, bundle, sinks);
    const differences = [...(said === null ? [] : [said]), ...compare(history, decided)];
    yield { run, events: history.events?.length ?? 0, differences: differences.slice(0, shownDifferences), entries: entriesOf(decided) };
  }
}

async function replayOne(
  { workflowId }: RecordedRun,
  history: History,
  workflowBundle: { readonly codePath: string } | { readonly code: string },
  sinks: InjectedSinks<DecisionSinks>,
): Promise<string | null> {
  try {
    // A worker each: several runs of one incident would otherwise share a place in its cache.
    const options = { workflowBundle, sinks, activities: unanswered } as Parameters<typeof Worker.runReplayHistory>[0];
    await Worker.runReplayHistory(options, history, workflowId);
    return null;
  } catch (error) {
    return plainWords(error as Error);
  }
}

/**
 * A history that is cut off in the middle of things ends before the answers to the last questions. The types of the options
 * leave activities out, but the worker asks whether it has them before it lets a workflow ask.
 */
const unanswered = Object.fromEntries(
  ['loadIncident', 'record', 'takeNews'].map((name) => [
    name,
    () => {
      throw ApplicationFailure.nonRetryable('This is a replay: nothing is done.');
    },
  ]),
);

/** What the SDK says, without its preface and its internals. */
function plainWords({ message }: Error): string {
  const details = /Details: (.*)$/s.exec(message)?.[1] ?? message;
  return (details.split('\n')[0] ?? details)
    .replace(/^Workflow activation completion failed: Failure \{.*?message: "([^"]*)".*$/s, '$1')
    .slice(0, 400);
}

/** What the history tells that the workflow decided, against what it decided now. */
function compare(history: History, decided: readonly Decision[]): string[] {
  const differences: string[] = [];
  const find = <K extends Decision['kind']>(kind: K, seq: string): Extract<Decision, { kind: K }> | undefined =>
    decided.find(
      (decision): decision is Extract<Decision, { kind: K }> => decision.kind === kind && 'seq' in decision && String(decision.seq) === seq,
    );
  let ended: { how: string; args: readonly unknown[] } | null = null;
  for (const event of history.events ?? []) {
    const at = `event ${String(event.eventId)}`;
    const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
    if (activity != null) {
      const name = activity.activityType?.name ?? '';
      const now = find('activity', activity.activityId ?? '');
      if (now === undefined) differences.push(`${at}: it asked for ${name}; now it does not`);
      else if (now.type !== name) differences.push(`${at}: it asked for ${name}; now for ${now.type}`);
      else {
        const other = firstDifference(valuesOf(activity.input?.payloads), plain(now.args));
        if (other !== null) differences.push(`${at}: it asks something else of ${name}: ${other}`);
      }
    }
    if (timer != null) {
      const was = toMs(timer.startToFireTimeout);
      const now = find('timer', timer.timerId ?? '');
      if (now === undefined) differences.push(`${at}: it waited ${was / 1000} s; now it does not`);
      else if (now.ms !== was) differences.push(`${at}: it waited ${was / 1000} s; now ${now.ms / 1000} s`);
    }
    if (event.workflowExecutionCompletedEventAttributes != null) ended = { how: 'completed', args: [] };
    if (event.workflowExecutionFailedEventAttributes != null) ended = { how: 'failed', args: [] };
    const continued = event.workflowExecutionContinuedAsNewEventAttributes;
    if (continued != null) ended = { how: 'continued_as_new', args: valuesOf(continued.input?.payloads) };
  }
  const now = decided.find((decision) => decision.kind === 'ended');
  // Who was terminated or timed out did not decide it.
  if (ended !== null && now?.how !== ended.how) differences.push(`it ${endings[ended.how]}; now it ${endings[now?.how ?? 'goes on']}`);
  else if (now?.how === 'continued_as_new') {
    const other = firstDifference(ended?.args, plain(now.args));
    if (other !== null) differences.push(`it hands something else to the next run: ${other}`);
  }
  return differences;
}

const endings: Readonly<Record<string, string>> = {
  completed: 'completed',
  failed: 'failed',
  continued_as_new: 'continued as a new run',
  'goes on': 'goes on',
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const valuesOf = (payloads: Payload[] | null | undefined): unknown[] =>
  (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));

function toMs(duration: { seconds?: { toNumber(): number } | number | null; nanos?: number | null } | null | undefined): number {
  const seconds = duration?.seconds ?? 0;
  return (typeof seconds === 'number' ? seconds : seconds.toNumber()) * 1000 + (duration?.nanos ?? 0) / 1e6;
}

function entriesOf(decided: readonly Decision[]): TimelineEntry[] {
  const entries = decided.flatMap((decision) =>
    decision.kind === 'local_activity' && decision.type === 'record' ? (decision.args[0] as { entries: TimelineEntry[] }).entries : [],
  );
  // A local activity that is tried again is asked again.
  return [...new Map(entries.map((entry) => [entry.sequence, entry])).values()];
}
