import type { Actor, CommandBody } from '../contract/incident.ts';
import type { Said } from '../domain/said.ts';
import type { Severity } from '../domain/vocabulary.ts';

/** People's way to incidents: kept in the store at once, so accepted whether or not Temporal or a worker is up. */
export interface Incidents {
  /** @throws UnknownService */
  open(request: OpenIncident): Promise<{ readonly id: string; readonly shortId: string }>;
  /**
   * Keeps the command, then waits shortly for its incident to answer.
   * @throws UnknownIncident, CommandReused (the same id with another meaning)
   */
  command(request: CommandRequest): Promise<CommandResult>;
}

export interface OpenIncident {
  /** Made by the caller, so that a repeat of the same request opens nothing new. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly serviceId: string;
  readonly severity: Severity;
  readonly impactScopeIds: readonly string[];
  readonly assigneeId: string | null;
  /** Recorded only: nobody is told. */
  readonly isQuiet?: boolean;
  readonly actor: Actor;
}

export interface CommandRequest {
  readonly id: string;
  readonly incidentId: string;
  readonly actor: Actor;
  readonly body: CommandBody;
  /** Milliseconds; after it the result is `pending`. */
  readonly waitMs: number;
}

export type CommandResult =
  | { readonly outcome: 'applied'; readonly said: Said }
  /** The incident's state forbids it: already acknowledged by Ann, already resolved. */
  | { readonly outcome: 'refused'; readonly said: Said }
  /** Stored, but not applied yet. */
  | { readonly outcome: 'pending' };

export class UnknownService extends Error {
  override readonly name = 'UnknownService';
}
export class UnknownIncident extends Error {
  override readonly name = 'UnknownIncident';
}
export class CommandReused extends Error {
  override readonly name = 'CommandReused';
}
