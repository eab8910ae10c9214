import type { CommandOutcome, TimelineEntry } from '../domain/incident/turn.ts';
import type { Before } from '../domain/incident/before.ts';
import type { News, PageResult, RoomResult, SetUp } from '../domain/incident/happening.ts';
import type { Page, Plan, PlannedRecipient } from '../domain/incident/paging.ts';
import type { IncidentState, OpeningFacts } from '../domain/incident/state.ts';
import type { Said } from '../domain/said.ts';

/** What the incident workflow asks of the world. Every one can run twice without harm. A history may hold answers of versions before. */
export interface IncidentActivities {
  /** The state of an incident that ran before, else the facts to begin with. */
  loadIncident(request: { readonly incidentId: string }): Promise<LoadedIncident>;
  /** Reads what was told to the incident and its run does not know yet, decides about it (`decideNews`), and records that: in one step. */
  takeNews(request: TakeNews): Promise<TakenNews>;
  /**
   * Writes entries, state, read model and answers to commands, by (incident, sequence), and the document that an entry says is
   * there; and says whom each plan goes to now, and by which ways.
   */
  record(request: RecordRequest): Promise<readonly (readonly Before<PlannedRecipient>[])[]>;
  /** @throws ProviderUnavailable, RefusedByProvider, AttemptInFlight */
  sendPage(request: SendPage): Promise<Before<PageResult>>;
  /** Brings what stands outside to what the incident is now. @throws ProviderUnavailable, while a vendor cannot be reached */
  keepInStep(request: { readonly incidentId: string }): Promise<KeptInStep>;
  openWarRoom(request: { readonly incidentId: string }): Promise<Before<RoomResult>>;
}

export type LoadedIncident = (
  | { readonly known: true; readonly state: Before<IncidentState> }
  | { readonly known: false; readonly facts: OpeningFacts; readonly setUp: SetUp }
) &
  Told;

export interface KeptInStep {
  /** Where the incident document was made in this step. Missing where none was. */
  readonly document?: { readonly url: string };
  /** Why it cannot be made there, and where our own is instead. */
  readonly noDocument?: { readonly reason: Said; readonly cure: Said | null; readonly url: string };
}

interface Told {
  /** What waited for it. Missing in histories of versions before, which believed signals. */
  readonly news?: News;
  /** History events after which its run continues as a new one; the workflow's own limit when absent. */
  readonly eventLimit?: number;
  /** Whether a provider is set up whose messages can be changed after they were sent. Missing where none is. */
  readonly keepsInStep?: true;
  /** The war room was closed since: where it is needed again, it is another one. */
  readonly roomIsClosed?: true;
}

/** The state as the run has it. The other fields are those of a record. */
export type TakeNews = Pick<RecordRequest, 'state' | 'atMs' | 'recordedBy' | 'taskMs' | 'confirmed'>;

export interface TakenNews {
  readonly news: News;
  /** As of `record`, for the plans that were decided; null where nothing was worth a write. */
  readonly recipients: readonly (readonly Before<PlannedRecipient>[])[] | null;
}

export interface RecordRequest {
  readonly state: IncidentState;
  readonly entries: readonly TimelineEntry[];
  readonly results: readonly CommandOutcome[];
  readonly plans: readonly Plan[];
  /** When the incident next has something to do; of a resolved one, when it was, while somebody is yet to be told. Null for never. */
  readonly dueAtMs: number | null;
  /** The workflow's time: it decides who is on call. */
  readonly atMs: number;
  /** Grows with every workflow task of every run of the incident: of two writes, the later one is known by it. */
  readonly recordedBy: number;
  /**
   * When the attempt at the workflow task began that writes, epoch milliseconds: attempts that follow each other without an event between have the
   * same number. Missing where a version before writes.
   */
  readonly taskMs?: number;
  /** What this run knows of the writes before. */
  readonly confirmed: Confirmed;
}

export interface Confirmed {
  /**
   * The last write that an earlier workflow task heard of: a command that a later one has answered is still new to a run that does not know
   * it. What the present task has written itself has the same number as what a lost one did, and is decided again when it is lost.
   */
  readonly recordedBy: number;
  /** As of that write: what was told up to there is not needed again. */
  readonly alertsVersion: number;
}

/** The details of the failures that a person reads of: why, and what they can do about it. */
export interface FailureDetails {
  readonly reason: Said;
  readonly cure: Said | null;
}

export interface SendPage {
  readonly incidentId: string;
  readonly page: Page;
  /** The same on every attempt and every run. */
  readonly deliveryId: string;
}
