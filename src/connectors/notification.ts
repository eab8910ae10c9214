import type { AlertGroup } from '../domain/alert-group.ts';
import type { Reader } from '../domain/reader.ts';
import type { Said } from '../domain/said.ts';
import type { IncidentEvent, IncidentStatus, Severity } from '../domain/vocabulary.ts';

/** One message about an incident, in the words of no particular channel. No secret is in it. */
export interface Notification {
  readonly purpose: 'page' | 'notice' | 'event' | 'test';
  readonly event: IncidentEvent;
  /** What it is for, in a few words: "Still unacknowledged after 15 min". */
  readonly occasion: Said;
  readonly incident: IncidentSummary;
  /** Why this person gets it, from the cause to the choice: policy, level, target, preference. */
  readonly reasons: readonly Said[];
  /** A comment's text, where the event is a comment. */
  readonly comment: { readonly author: string; readonly text: string } | null;
  /** What its reader may do from the message itself, without signing in. None where the address is not one person's own. */
  readonly answers: readonly Answer[];
  /** Where its reader may answer by mail. Missing where the address is not one person's own, or no mail goes to it. */
  readonly replyByMail?: ReplyByMail;
  /** What the service adds to each of its messages. */
  readonly note: string | null;
  /** The provider's own words in the place of ours; null for ours. */
  readonly wording: { readonly title: string | null; readonly body: string | null };
  /** RFC 3339, of what happened, not of the sending: the same on every retry. */
  readonly timestamp: string;
  readonly reader: Reader;
}

/** A signed link for one person, one incident and one act. A GET shows a page with one button; a POST does it. */
export interface Answer {
  readonly act: 'acknowledge' | 'resolve';
  readonly url: string;
}

/** A signed address for one person and one incident. What is written there becomes a comment, or, where `mayAct`, an acknowledgement or the end. */
export interface ReplyByMail {
  readonly address: string;
  readonly mayAct: boolean;
}

/** Many messages to one person in one, since they would come within a minute. */
export interface Digest {
  /** Severest first, and what asks for somebody before what informs; each incident once. */
  readonly entries: readonly DigestEntry[];
  /** Where the open incidents are listed. */
  readonly url: string;
  /** RFC 3339, of when it was put together: the same on every retry. */
  readonly timestamp: string;
  readonly reader: Reader;
}

export type DigestEntry = Pick<Notification, 'purpose' | 'event' | 'occasion' | 'incident'>;

/** What is told that is about no incident: an outage and its end, what happened in a repository, a text that somebody sends. */
export interface Announcement {
  readonly title: string;
  readonly text: string;
  readonly tone: 'bad' | 'good' | 'plain';
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** The mail that it answers. */
  readonly inReplyTo?: MailReference;
  /** Everybody in the channel is to look. */
  readonly mentionAll: boolean;
}

/** Ids of mails, with their angle brackets. */
export interface MailReference {
  /** Null for a mail that has none. */
  readonly messageId: string | null;
  /** Of the mails before it in its thread, oldest first (RFC 5322 §3.6.4). */
  readonly references: readonly string[];
}

export interface IncidentSummary {
  readonly id: string;
  readonly shortId: string;
  /** Of many alerts, what they have in common: "InstanceDown: 200 alerts, 3 zones". */
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: { readonly id: string; readonly name: string };
  readonly team: string | null;
  readonly assignee: string | null;
  readonly createdAt: string;
  readonly url: string;
  /** Null where a person opened it. */
  readonly alerts: AlertGroup | null;
  readonly links: IncidentLinks;
}

export interface IncidentLinks {
  readonly document: string | null;
  readonly warRoom: string | null;
  readonly runbook: string | null;
  /** Where the alert is in the system that sent it. */
  readonly source: string | null;
  readonly dashboard: string | null;
}
