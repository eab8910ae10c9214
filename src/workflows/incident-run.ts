import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  setCurrentDetails,
  sleep,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { searchAttributes } from '../contract/names.ts';
import { decide, decideNews } from '../domain/incident/decide.ts';
import { pageResultFrom, recipientFrom, roomResultFrom, type Before } from '../domain/incident/before.ts';
import { describe, describeNext, describePage } from '../domain/incident/describe.ts';
import type { DocumentResult, Happening, News, PageResult, RoomResult } from '../domain/incident/happening.ts';
import type { Page, Plan, PlannedRecipient } from '../domain/incident/paging.ts';
import { changesWatch, nextDueAtMs, watchedFromMs, type IncidentState } from '../domain/incident/state.ts';
import type { CommandOutcome, Effect, TimelineEntry } from '../domain/incident/turn.ts';
import { visibleOf } from '../domain/incident/visible.ts';
import { asSaid } from '../domain/said.ts';
import type { FailureDetails, KeptInStep, TakeNews } from '../contract/activities.ts';
import { keepInStep, openWarRoom, record, sendPageLast, sendPageSoon, takeNews } from './activity-options.ts';

/** A run has fewer than 51,200 events, and writes at most once after each. */
const recordsPerRun = 1_000_000;

/**
 * Runs what `decide` decides: asks it about everything in the inbox, starts the effects, and puts their results back in.
 *
 * The store is asked by one local activity at a time. Two at once would come back one by one while the workflow runs,
 * but together when it is replayed, and the replay would then decide in another order.
 */
export class IncidentRun {
  state: IncidentState;
  private readonly inbox: Happening[];
  private underWay = 0;
  private alarm: { readonly atMs: number; readonly scope: CancellationScope } | null = null;
  private entries: TimelineEntry[] = [];
  private results: CommandOutcome[] = [];
  private plans: Plan[] = [];
  private recorded: IncidentState | null = null;
  private written: Written;
  /** The last write that an earlier workflow task has heard of: should this one be lost, it is decided again from there. */
  private kept: Written;
  private hasNews = false;
  private mustRecordAll = false;
  private isAsking = false;
  private task = { historyLength: 0, sinceMs: 0 };
  private keepsInStep = false;
  private isKeepingInStep = false;
  /** The store decides about news: meanwhile nothing else is decided. */
  private isTakingNews = false;
  private failure: unknown = null;

  constructor(inbox: Happening[], state: IncidentState) {
    this.inbox = inbox;
    this.state = { ...state, run: state.run + 1 };
    this.written = { recordedBy: this.state.run * recordsPerRun, alertsVersion: state.alerts.version, heardAt: 0 };
    this.kept = this.written;
  }

  /** The store has something that this run does not know yet, or so somebody says. */
  hearNews(): void {
    this.hasNews = true;
  }

  /** From now on messages that were sent follow the incident; those of a new one will show it as it is. */
  keepInStep({ isUpToDate }: { readonly isUpToDate: boolean }): void {
    this.keepsInStep = true;
    if (isUpToDate) this.inbox.push({ type: 'kept_in_step', visible: visibleOf(this.state) });
  }

  /** What came with the state. */
  beginWith(news: News): void {
    this.inbox.push(...news.happenings, { type: 'clock' });
    this.hasNews ||= news.more;
  }

  /** From now on every change of the state is written. */
  recordAll(): void {
    this.mustRecordAll = true;
  }

  /** Starts again what the run before had not finished. */
  resume(): void {
    this.recorded = this.state;
    this.plans.push(...this.state.plans);
    for (const page of this.state.pages) if (page.outcome === 'pending') this.run(() => this.send(page));
    if (this.state.steps.war_room === 'under_way') this.run(() => this.openRoom());
  }

  /** Everything that waits is decided, in order; then the store is told, or asked for news, unless it has been asked already. */
  takeAll(): void {
    if (this.isTakingNews) return;
    const before = this.state;
    for (let happening = this.inbox.shift(); happening !== undefined; happening = this.inbox.shift()) {
      const decision = decide(this.state, asOfThisRun(happening), Date.now());
      this.state = decision.state;
      this.entries.push(...decision.entries);
      this.results.push(...decision.results);
      for (const effect of decision.effects) this.start(effect);
    }
    this.setAlarm();
    if (this.state !== before) this.show(before);
    if (this.isAsking) return;
    if (this.hasToRecord()) this.startRecording();
    else if (this.hasNews) this.startTakingNews();
    else if (this.isOutOfStep()) this.startKeepingInStep();
  }

  /** Whether `takeAll` would do anything. */
  hasWork(): boolean {
    if (this.isTakingNews) return false;
    return this.inbox.length > 0 || (!this.isAsking && (this.hasNews || this.hasToRecord() || this.isOutOfStep()));
  }

  /** Whether everything told is known, and everything decided is in the store: a run must not end before. */
  isRecorded(): boolean {
    return this.inbox.length === 0 && !this.isAsking && !this.hasNews && !this.hasToRecord();
  }

  /** @throws what the store refused for good: the run ends, and the auditor starts one that goes on from the store. */
  throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  hasFailed(): boolean {
    return this.failure !== null;
  }

  isIdle(): boolean {
    return this.isRecorded() && this.underWay === 0;
  }

  isFinished(): boolean {
    return this.state.status === 'RESOLVED' && this.isIdle() && !this.isOutOfStep();
  }

  /** What is in the store is another incident than messages show. One look after the other: the next sees all that came meanwhile. */
  private isOutOfStep(): boolean {
    return this.keepsInStep && !this.isKeepingInStep && this.recorded !== null && visibleOf(this.recorded) !== this.state.inStep;
  }

  private startKeepingInStep(): void {
    const visible = visibleOf(this.recorded ?? this.state);
    const { incidentId } = this.state;
    this.isKeepingInStep = true;
    this.run(async () => {
      // What a vendor did not take in half an hour is brought up to date with the next change.
      const kept = await keepInStep.executeWithOptions({ summary: 'Bring messages up to date' }, [{ incidentId }]).catch(withoutResult);
      this.isKeepingInStep = false;
      const document = documentOf(kept);
      return { type: 'kept_in_step', visible, ...(document !== undefined && { document }) };
    });
  }

  private start(effect: Effect): void {
    switch (effect.type) {
      case 'plan':
        this.plans.push(effect.plan);
        return;
      case 'send':
        return this.run(() => this.send(effect.page));
      case 'open_room':
        return this.run(() => this.openRoom());
    }
  }

  private run(act: () => Promise<Happening>): void {
    this.underWay += 1;
    void act()
      .then((happening) => this.inbox.push(happening), ignoreCancellation)
      .finally(() => (this.underWay -= 1));
  }

  /**
   * Every write is an event, and keeps what follows waiting. A plan that has become pages, or reached nobody, needs none: while
   * the store has the plan, whoever takes over makes the same pages of it. Only the last write leaves nothing to be done.
   */
  private hasToRecord(): boolean {
    const { state, recorded, entries, results, plans } = this;
    if (entries.length + results.length + plans.length > 0 || recorded === null) return true;
    return (this.mustRecordAll && state !== recorded) || changesWatch(recorded, state);
  }

  private recordedBy(): number {
    return this.state.run * recordsPerRun + workflowInfo().historyLength;
  }

  /** When the present workflow task first asked. */
  private taskMs(): number {
    const { historyLength } = workflowInfo();
    if (this.task.historyLength !== historyLength) this.task = { historyLength, sinceMs: Date.now() };
    return this.task.sinceMs;
  }

  /** Asks the store until it answers, each time as things stand then. @throws what it refuses for good */
  private async ask<T>(question: (asOf: AsOf) => Promise<T>): Promise<[T, AsOf]> {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, 2 * waitMs)) {
      const { recordedBy, alertsVersion } = this.lastKept();
      const asOf = { atMs: Date.now(), recordedBy: this.recordedBy(), taskMs: this.taskMs(), confirmed: { recordedBy, alertsVersion } };
      try {
        return [await question(asOf), asOf];
      } catch (failure) {
        if (isForGood(failure)) throw failure;
        await sleep(waitMs, { summary: 'ask the store again' });
      }
    }
  }

  /** Of a write that this very workflow task heard of, the history knows nothing yet. */
  private lastKept(): Written {
    return workflowInfo().historyLength > this.written.heardAt ? this.written : this.kept;
  }

  /** Writes all that is new, and asks whom the plans go to. */
  private startRecording(): void {
    const { state, entries, results, plans } = this;
    this.entries = [];
    this.results = [];
    this.plans = [];
    this.isAsking = true;
    const dueAtMs = watchedFromMs(state);
    void this.ask((asOf) => record({ state, entries, results, plans, dueAtMs, ...asOf })).then(
      ([recipients, { recordedBy }]) => {
        this.isAsking = false;
        this.takeRecipients(state, recordedBy, plans, recipients);
      },
      (failure) => this.fail(failure),
    );
  }

  /** The store has been told of `state`, and says whom the plans go to. */
  private takeRecipients(
    state: IncidentState,
    recordedBy: number,
    plans: readonly Plan[],
    recipients: readonly (readonly Before<PlannedRecipient>[])[],
  ): void {
    this.recorded = state;
    this.kept = this.lastKept();
    this.written = { recordedBy, alertsVersion: state.alerts.version, heardAt: workflowInfo().historyLength };
    plans.forEach((plan, index) =>
      this.inbox.push({ type: 'planned', plan, recipients: asKnownToThisRun((recipients[index] ?? []).map(recipientFrom)) }),
    );
  }

  /** The activity decides the same of the same state, and records it: so a signal costs one event, and the answer to a command one step. */
  private startTakingNews(): void {
    this.hasNews = false;
    this.isAsking = true;
    this.isTakingNews = true;
    const { state } = this;
    void this.ask((asOf) => takeNews({ state, ...asOf })).then(
      ([{ news, recipients }, { atMs, recordedBy }]) => {
        this.isAsking = false;
        this.isTakingNews = false;
        this.hasNews ||= news.more;
        const decision = decideNews(state, news, atMs);
        this.state = decision.state;
        const plans: Plan[] = [];
        for (const effect of decision.effects) {
          if (effect.type === 'plan') plans.push(effect.plan);
          else this.start(effect);
        }
        if (recipients !== null) this.takeRecipients(this.state, recordedBy, plans, recipients);
        this.setAlarm();
        this.show(state);
      },
      (failure) => this.fail(failure),
    );
  }

  private fail(failure: unknown): void {
    if (!isCancellation(failure)) this.failure = failure;
  }

  private async send(page: Page): Promise<Happening> {
    const recipient = this.state.recipients[page.recipientId];
    const moreWays = recipient !== undefined && recipient.used < recipient.ways.length;
    const { executeWithOptions } = moreWays ? sendPageSoon : sendPageLast;
    const request = { incidentId: this.state.incidentId, page, deliveryId: `${this.state.incidentId}/${page.id}` };
    let result: PageResult;
    try {
      result = pageResultFrom(await executeWithOptions({ summary: describePage(page) }, [request]));
    } catch (failure) {
      result = { outcome: 'failed', ...failureOf(failure) };
    }
    return { type: 'page_finished', pageId: page.id, result };
  }

  private async openRoom(): Promise<Happening> {
    let result: RoomResult;
    try {
      result = roomResultFrom(
        await openWarRoom.executeWithOptions({ summary: 'Open the war room' }, [{ incidentId: this.state.incidentId }]),
      );
    } catch (failure) {
      result = { outcome: 'failed', reason: failureOf(failure).reason };
    }
    return { type: 'room_finished', result };
  }

  /** The timer for the next deadline. One that is not needed any more is left to run out: taking it back is an event too. */
  private setAlarm(): void {
    const atMs = nextDueAtMs(this.state);
    if (atMs === null || this.alarm?.atMs === atMs) return;
    this.alarm?.scope.cancel();
    const scope = new CancellationScope();
    const alarm = { atMs, scope };
    this.alarm = alarm;
    void scope
      .run(() => sleep(Math.max(0, atMs - Date.now()), { summary: (describeNext(this.state) ?? '').slice(0, 200) }))
      .then(() => {
        if (this.alarm === alarm) this.alarm = null;
        this.inbox.push({ type: 'clock' });
      }, ignoreCancellation);
  }

  private show(before: IncidentState): void {
    setCurrentDetails(describe(this.state));
    // A namespace without our search attributes starts runs without them; such a run leaves them alone.
    if (workflowInfo().typedSearchAttributes.get(searchAttributes.status) === undefined) return;
    if (before.status === this.state.status && before.severity === this.state.severity) return;
    upsertSearchAttributes([
      { key: searchAttributes.status, value: this.state.status },
      { key: searchAttributes.severity, value: this.state.severity },
    ]);
  }
}

type AsOf = Pick<TakeNews, 'atMs' | 'recordedBy' | 'taskMs' | 'confirmed'>;

/** The store may be away for a moment, or for hours. */
const firstWaitMs = 200;
const longestWaitMs = 30_000;

/** A local activity fails with what it threw; an activity of the server's, with an `ActivityFailure` around it. Anything else is a fault of ours. */
const isForGood = (failure: unknown): boolean =>
  isCancellation(failure) ||
  !(failure instanceof TemporalFailure) ||
  (failure instanceof ApplicationFailure && failure.nonRetryable === true);

interface Written {
  readonly recordedBy: number;
  readonly alertsVersion: number;
  /** Length of the history in the workflow task that heard that it was made. */
  readonly heardAt: number;
}

/** Versions before said nothing of people whom nothing leads to: up to where the history of such a run ends, neither is it done here. */
function asKnownToThisRun(recipients: readonly PlannedRecipient[]): readonly PlannedRecipient[] {
  const reached = recipients.filter(({ ways }) => ways.length > 0);
  return reached.length < recipients.length && patched('unreachable-people-are-named') ? recipients : reached;
}

/** A command that a signal brought, as versions before did: up to where the history of such a run ends it is decided as they did. */
function asOfThisRun(happening: Happening): Happening {
  if (happening.type !== 'command' || happening.asNow !== undefined) return happening;
  switch (happening.command.body.kind) {
    case 'assign':
      return { ...happening, asNow: patched('assignee-is-paged') };
    case 'change_severity':
      return { ...happening, asNow: patched('holder-keeps-acknowledgement') };
    default:
      return happening;
  }
}

function withoutResult(failure: unknown): KeptInStep {
  failureOf(failure);
  return {};
}

function documentOf({ document, noDocument }: KeptInStep): DocumentResult | undefined {
  if (noDocument !== undefined) return { outcome: 'failed', ...noDocument };
  return document === undefined ? undefined : { outcome: 'done', ...document };
}

/** An operator who cancels the run ends it; the auditor finds the incident and arms it again. */
function ignoreCancellation(failure: unknown): void {
  if (!isCancellation(failure)) throw failure;
}

/** What a failed activity says: in its details, and before there were any in its message. A cancelled one is no failure. */
function failureOf(failure: unknown): FailureDetails {
  if (!(failure instanceof ActivityFailure) || isCancellation(failure)) throw failure;
  const { cause } = failure;
  const [details] = cause instanceof ApplicationFailure ? ((cause.details ?? []) as readonly FailureDetails[]) : [];
  return details ?? { reason: asSaid(cause?.message ?? failure.message), cure: null };
}
