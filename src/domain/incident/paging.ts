import type { IncidentEvent } from '../vocabulary.ts';
import type { Said } from '../said.ts';

/** Why somebody is told: a step of the escalation, the incident being theirs, or an event. */
export type Plan =
  | { readonly for: 'level'; readonly epoch: number; readonly round: number; readonly level: number }
  | { readonly for: 'fallback'; readonly epoch: number }
  | { readonly for: 'last_resort'; readonly epoch: number }
  /** Who was given the incident by somebody else, so that they know. */
  | { readonly for: 'assignee'; readonly key: string; readonly userId: string; readonly name: string; readonly by: string }
  /** Who has an acknowledged incident that alerts with other labels joined. */
  | {
      readonly for: 'holder';
      readonly key: string;
      readonly epoch: number;
      readonly userId: string;
      readonly name: string;
      readonly count: number;
      /** What the first of these alerts says. */
      readonly summary: string;
    }
  | {
      readonly for: 'event';
      readonly key: string;
      readonly event: IncidentEvent;
      /** Where its words are, when it is a comment: entry of the timeline. Plans are many, and comments long. */
      readonly commentSequence: number | null;
      readonly atMs: number;
      /** Only these impact scopes are told, which somebody added. Missing where all are who follow the event. */
      readonly addedScopes?: { readonly ids: readonly string[]; readonly by: string };
    };

/** `page` asks for someone, `notice` informs people, `event` goes to a provider that is subscribed to what happens. */
export type PagePurpose = 'page' | 'notice' | 'event';

/** One who is to be told, with the ways to them in order of preference. */
export interface PlannedRecipient {
  /** The same for the same person, team or address, whichever way is taken. */
  readonly key: string;
  readonly name: string;
  readonly userId: string | null;
  /** Missing in what was planned by versions before: their pages were pages or notices. */
  readonly purpose?: PagePurpose;
  /** From target to choice: schedule Primary, then "Ann is on call". */
  readonly reasons: readonly Said[];
  /** None for a person whom nothing leads to: they are named, not told. */
  readonly ways: readonly Way[];
  /** Names of providers that would lead to them, but are switched off. */
  readonly off?: readonly string[];
}

export interface Way {
  readonly providerId: string;
  readonly providerName: string;
  readonly providerType: string;
  /** What its system is called: Slack. Missing in what versions before planned. */
  readonly system?: string;
  readonly address: string | null;
  /** What people call the address, where it is none that they would know: a device's name. */
  readonly place?: string;
  /** Used at once; others only when one before has failed. */
  readonly atOnce: boolean;
  readonly reason: Said;
  /** That one of our workers has planned it. Missing in what versions before planned. */
  readonly proof?: string;
}

/** Those that are taken at once, and those that follow one by one, each when one before has failed. */
export function inTurn(ways: readonly Way[]): { readonly first: readonly Way[]; readonly later: readonly Way[] } {
  const atOnce = ways.filter((way) => way.atOnce);
  const first = atOnce.length > 0 ? atOnce : ways.slice(0, 1);
  return { first, later: ways.filter((way) => !first.includes(way)) };
}

/** A recipient whose ways are not all used up or finished yet. */
export interface Recipient extends PlannedRecipient {
  readonly plan: Plan;
  readonly used: number;
}

/** One message to one recipient by one way. Its id names the act, so that a repeat of it is the same delivery. */
export interface Page {
  readonly id: string;
  readonly recipientId: string;
  readonly purpose: PagePurpose;
  readonly plan: Plan;
  readonly name: string;
  readonly userId: string | null;
  readonly way: Way;
  readonly reasons: readonly Said[];
  readonly outcome: 'pending' | 'sent' | 'skipped' | 'failed';
  /** The provider's receipt, or why it was skipped or failed. */
  readonly detail: Said | null;
  /** What a person can do about a failure. */
  readonly cure?: Said;
  /** Of a skipped page: an earlier attempt at it was cut off, and nobody can know whether it arrived. */
  readonly mayHaveReached?: true;
  readonly atMs: number;
}

export const planKey = (plan: Plan): string => {
  switch (plan.for) {
    case 'level':
      return `e${plan.epoch}.r${plan.round}.l${plan.level}`;
    case 'fallback':
    case 'last_resort':
      return `e${plan.epoch}.${plan.for}`;
    case 'assignee':
    case 'holder':
    case 'event':
      return plan.key;
  }
};
