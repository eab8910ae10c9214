import type { Said } from '../said.ts';
import type { Severity } from '../vocabulary.ts';
import type { Plan, PlannedRecipient } from './paging.ts';

/** What an incident is told. Everything is plain JSON, instants are epoch milliseconds. */
export type Happening =
  | { readonly type: 'opened'; readonly setUp: SetUp }
  | { readonly type: 'alerts'; readonly alerts: AlertsSignal }
  /**
   * `asNow`: whoever is assigned is told, and who has the incident keeps it when they raise its severity. Missing in what versions before
   * recorded, which did neither: it is decided as they did.
   */
  | { readonly type: 'command'; readonly command: Command; readonly asNow?: boolean }
  /** Whom a level, the fallback or an event goes to, as configuration and on-call stand now. */
  | { readonly type: 'planned'; readonly plan: Plan; readonly recipients: readonly PlannedRecipient[] }
  | { readonly type: 'page_finished'; readonly pageId: string; readonly result: PageResult }
  | { readonly type: 'room_finished'; readonly result: RoomResult }
  /** The war room was closed, since the incident was over. */
  | { readonly type: 'room_closed' }
  /** Messages that were sent show this now. */
  | { readonly type: 'kept_in_step'; readonly visible: string; readonly document?: DocumentResult }
  /** Time has passed: do what is due. */
  | { readonly type: 'clock' };

/** What was told to an incident, in order: all that its run does not know yet, or the first part of it. */
export interface News {
  readonly happenings: readonly Extract<Happening, { readonly type: 'alerts' | 'command' }>[];
  readonly more: boolean;
}

/** What an incident is set up with, as things stood when it opened. */
export interface SetUp {
  /** Of the incident document, which the store makes with the first write. */
  readonly documentUrl: string;
  /** Another system keeps it: it is made after the opening. Missing where it is our own. */
  readonly documentIsElsewhere?: true;
  /** Whether a provider that has rooms is set up. */
  readonly hasRooms: boolean;
  /** Where nobody set up rooms, that there is none is no news. Missing in histories of versions before, which said it. */
  readonly roomIsOptional?: boolean;
  /** Who opened it by hand for somebody else, who is then told. Missing in histories of versions before. */
  readonly assignedBy?: string | null;
  /** Who recorded it without telling anybody. Missing where people are told. */
  readonly quietlyBy?: Actor;
}

/** Of a document that another system keeps. */
export type DocumentResult =
  | { readonly outcome: 'done'; readonly url: string }
  /** `url` of our own, which takes its place. */
  | { readonly outcome: 'failed'; readonly reason: Said; readonly cure: Said | null; readonly url: string };

export type RoomResult =
  | {
      readonly outcome: 'done';
      readonly url: string;
      readonly title: string;
      /** What of it does not work. Missing where all does, and in histories of versions before. */
      readonly lacking?: readonly { readonly reason: Said; readonly cure: Said | null }[];
      /** Those whom the vendor does not know. */
      readonly uninvited?: readonly string[];
    }
  | {
      readonly outcome: 'skipped' | 'failed';
      readonly reason: Said;
      /** Nothing to tell anybody of. */
      readonly isNoNews?: boolean;
    };

export type PageResult =
  | {
      readonly outcome: 'sent';
      readonly receipt: string;
      readonly perhapsTwice: boolean;
      /** In one message for so many incidents; missing where it had one of its own. */
      readonly together?: number;
    }
  | {
      readonly outcome: 'skipped';
      readonly reason: Said;
      /** An earlier attempt was cut off: it may have arrived. */ readonly mayHaveReached?: boolean;
    }
  | { readonly outcome: 'failed'; readonly reason: Said; readonly cure: Said | null };

/**
 * The alerts of an incident as they stand at `version`. Told as a whole, so that a signal that comes twice does no harm:
 * what is not newer than the highest version seen is passed over.
 */
export interface AlertsSignal {
  readonly version: number;
  readonly firing: number;
  readonly resolved: number;
  /** Worst severity among those that fire; null when none does. */
  readonly worst: Severity | null;
  /** Versions of the changes by which an alert began to fire; those known to be over already are not among them. */
  readonly fired: readonly number[];
  /** Versions of the changes by which an alert ended. */
  readonly ended: readonly number[];
  /**
   * Versions of those by which an alert began to fire whose labels no alert of the incident had before, where whoever has it is to be told.
   * Missing in histories of versions before, which told nobody.
   */
  readonly unlike?: readonly number[];
  /** Some of the changes, for the timeline: one of those unlike the others among them, where there are any. */
  readonly changes: readonly AlertChange[];
}

export interface AlertChange {
  readonly version: number;
  readonly kind: 'firing' | 'resolved' | 'worse';
  readonly alertId: string;
  readonly summary: string;
  readonly severity: Severity;
}

export interface Actor {
  readonly type: 'user' | 'system' | 'monitoring';
  readonly id: string | null;
  readonly name: string;
  /** By what they acted: `page`, `api`, `slack`. */
  readonly via: string;
}

export type CommandBody =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'resolve'; readonly note?: string }
  | { readonly kind: 'reopen'; readonly note?: string }
  /** `said` where the system itself comments: its words in any language. */
  /** `from` where it was written elsewhere: the message's name, by which it is edited later. */
  | { readonly kind: 'comment'; readonly text: string; readonly said?: Said; readonly from?: string }
  /** What happened where it was written; `comment` is its `from`. */
  | { readonly kind: 'edit_comment'; readonly comment: string; readonly text: string }
  | { readonly kind: 'delete_comment'; readonly comment: string }
  | { readonly kind: 'pin_comment'; readonly comment: string; readonly isPinned: boolean }
  | { readonly kind: 'change_severity'; readonly severity: Severity }
  | { readonly kind: 'assign'; readonly assignee: { readonly id: string; readonly name: string } | null }
  | { readonly kind: 'add_scopes'; readonly scopes: readonly { readonly id: string; readonly name: string }[] }
  | { readonly kind: 'escalate' };

/** What a person, or another program, wants done. `id` makes a repeat harmless. */
export interface Command {
  readonly id: string;
  readonly actor: Actor;
  readonly acceptedAtMs: number;
  readonly body: CommandBody;
}
