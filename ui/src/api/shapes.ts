import type { IncidentEvent, IncidentStatus, Severity } from '../../../src/domain/vocabulary.ts';

/** What the API answers, as the pages use it. Instants are RFC 3339 in UTC. */

export type { IncidentStatus, Severity };

export interface Ref {
  readonly id: string;
  readonly name: string;
}

/** What the server says: a code with values for the reader's language, and its words in English. */
export interface Said {
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface List<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

export interface Me {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly is_staff: boolean;
}

export interface Incident {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: Ref;
  readonly team: Ref | null;
  readonly assignee: Ref | null;
  readonly acknowledged_by: string | null;
  readonly origin: 'alert' | 'person';
  readonly created_by: string | null;
  readonly impact_scopes: readonly Ref[];
  readonly alerts: { readonly total: number; readonly firing: number };
  readonly runbook_url: string | null;
  readonly document_url: string | null;
  readonly war_room_url: string | null;
  readonly created_at: string;
  readonly acknowledged_at: string | null;
  readonly resolved_at: string | null;
  readonly updated_at: string;
  /** When the incident acts by itself next; null when only people or alerts can change it. */
  readonly next_due_at: string | null;
  readonly url: string;
}

export interface Actor {
  readonly type: 'user' | 'system' | 'monitoring';
  readonly id: string | null;
  readonly name: string;
  readonly via: string;
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly timestamp: string;
  readonly type: string;
  readonly message: string;
  /** Null for an entry that has words alone. */
  readonly code: string | null;
  readonly values: Said['values'];
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
}

export type PageOutcome = 'sent' | 'skipped' | 'unknown' | 'failed' | 'pending' | 'due';

export interface ExplainedPage {
  readonly page_id: string;
  readonly outcome: PageOutcome;
  readonly who: string;
  readonly by: string | null;
  readonly at: string;
  readonly reasons: readonly Said[];
  readonly event: IncidentEvent | null;
  readonly detail: Said | null;
  readonly cure: Said | null;
}

export interface Explanation {
  readonly policy: { readonly id: string; readonly name: string; readonly version: number } | null;
  readonly pages: readonly ExplainedPage[];
  readonly next: { readonly at: string; readonly what: Said } | null;
}

export interface Alert {
  readonly id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly service: Ref;
  readonly incident: { readonly id: string; readonly short_id: string } | null;
  readonly rule: Ref | null;
  readonly outcome: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly delivery_count: number;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly first_received_at: string;
  readonly last_received_at: string;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
}

/** The incident after an action; `pending` when the action is kept and on its way. */
export interface IncidentAfterCommand extends Incident {
  readonly command: Said & { readonly id: string; readonly outcome: 'applied' | 'pending' };
}
