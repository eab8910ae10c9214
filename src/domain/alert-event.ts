import type { Severity } from './vocabulary.ts';

/** One alert of one delivery, in the words of no particular source. Instants are RFC 3339 in UTC, to the millisecond. */
export interface AlertEvent {
  readonly source: string;
  /** The same for every delivery of the same alert, firing or resolved. */
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  /** Start of this occurrence; null where the source does not say (Datadog, Sentry). */
  readonly startsAt: string | null;
  /** Only on a resolved alert; null where the source does not say. */
  readonly endsAt: string | null;
  /** When the source says that this change of state happened; null where it does not: then the order of arrival counts. */
  readonly at: string | null;
  /** The source's own word for the change (`Re-Triggered`), where it has one: a state may change without a newer time. */
  readonly transition?: string;
  /** Alert name: part of the default grouping key, so free of values that vary. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Value of the label or tag `service`; null where there is none. */
  readonly service: string | null;
  /** As the source's mapping says; an alert rule may override it. */
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly links: AlertLinks;
  /** It is no trouble by itself, and only means something to other alerts: kept, and tells nobody. */
  readonly neverPages?: true;
  /** The alert's own part of the body, as it arrived. */
  readonly raw: unknown;
}

export interface AlertLinks {
  readonly source?: string;
  readonly runbook?: string;
  readonly silence?: string;
  readonly dashboard?: string;
}

/** Where a payload was not understood: `field` is a path like `alerts[2].labels.severity`. */
export interface PayloadProblem {
  readonly field: string;
  readonly reason: string;
}

/** What is to be done about a body that holds too much. */
export const sendFewer = 'send fewer alerts at once (in Alertmanager, set max_alerts of the webhook)';

/** One alert that is not understood must not silence the others of its body: `understood` are those, none when absent. */
export type ParseResult =
  | { readonly ok: true; readonly alerts: readonly AlertEvent[] }
  | { readonly ok: false; readonly problem: PayloadProblem; readonly understood?: readonly AlertEvent[] };
