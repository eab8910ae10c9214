import type { Said } from '../domain/said.ts';
import type { IncidentEvent, IncidentStatus, Severity } from '../domain/vocabulary.ts';

/** One message about an incident, in the words of no particular channel. No secret is in it. */
export interface Notification {
  readonly purpose: 'page' | 'notice' | 'event' | 'test';
  readonly event: IncidentEvent;
  readonly incident: IncidentSummary;
  /** Why this person gets it, from the cause to the choice: policy, level, target, preference. */
  readonly reasons: readonly Said[];
  /** A comment's text, where the event is a comment. */
  readonly comment: { readonly author: string; readonly text: string } | null;
  /** RFC 3339, of what happened, not of the sending: the same on every retry. */
  readonly timestamp: string;
}

/** What is told that is about no incident: an outage and its end, what happened in a repository, a text that somebody sends. */
export interface Announcement {
  readonly title: string;
  readonly text: string;
  readonly tone: 'bad' | 'good' | 'plain';
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** Everybody in the channel is to look. */
  readonly mentionAll: boolean;
}

export interface IncidentSummary {
  readonly id: string;
  readonly shortId: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: { readonly id: string; readonly name: string };
  readonly team: string | null;
  readonly assignee: string | null;
  readonly createdAt: string;
  readonly url: string;
  readonly links: { readonly document: string | null; readonly warRoom: string | null; readonly runbook: string | null };
}
