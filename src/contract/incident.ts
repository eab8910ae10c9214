import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Before } from '../domain/incident/before.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Explanation } from '../domain/incident/explain.ts';
import type { AlertsSignal, Command } from '../domain/incident/happening.ts';

/** What the incident workflow is told. Everything is plain JSON, instants are epoch milliseconds. */

export interface IncidentInput {
  readonly incidentId: string;
  /** From the run before, when this one continues it. */
  readonly carried?: Before<IncidentState>;
  /** History events after which a run continues as a new one. Tests set it low. */
  readonly eventLimit?: number;
}

export const alertsSignal = defineSignal<[AlertsSignal]>('alerts');
/** There is something to begin, or something is late: look what is due. */
export const lookSignal = defineSignal('look');
export const commandSignal = defineSignal<[Command]>('command');
export const explainQuery = defineQuery<Explanation>('explain');

export type { Actor, AlertChange, AlertsSignal, Command, CommandBody } from '../domain/incident/happening.ts';
export type { ExplainedPage, Explanation } from '../domain/incident/explain.ts';
