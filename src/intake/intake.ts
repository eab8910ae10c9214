import type { AlertEvent } from '../domain/alert-event.ts';
import type { Routed } from '../domain/alert-rules.ts';

/** An alert that was authenticated, parsed and routed, on its way to the store. */
export interface IncomingAlert {
  readonly alertSourceId: string;
  readonly event: AlertEvent;
  readonly routed: Routed;
  readonly receivedAtMs: number;
}

/** What became of one alert of a request. */
export interface StoredAlert {
  /** `known`: this very delivery came before. `stale`: a newer occurrence, or its own end, is known already. */
  readonly outcome: 'opened' | 'attached' | 'reopened' | 'resolved' | 'repeated' | 'stale' | 'suppressed' | 'known';
  readonly incidentId: string | null;
}

export interface Intake {
  /**
   * Resolves, in the order given, once everything is committed. Requests that wait at the same time share a transaction.
   * @throws IntakeUnavailable when the store cannot be reached or too much waits: nothing was kept, the sender must try again.
   */
  submit(alerts: readonly IncomingAlert[]): Promise<readonly StoredAlert[]>;
  /** Waits for what is under way, then refuses more. */
  close(): Promise<void>;
}

export class IntakeUnavailable extends Error {
  override readonly name = 'IntakeUnavailable';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
