import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Before } from '../domain/incident/before.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Explanation } from '../domain/incident/explain.ts';
import type { AlertsSignal, Command } from '../domain/incident/happening.ts';

/**
 * What the incident workflow is told. Whoever reaches Temporal can send a signal or start a run, so none of it is believed: a signal says that
 * there is news, and what it is stands in the store.
 */

/** For people who look at the run. Versions before took the rest from here, and workers of theirs take the id. */
export interface IncidentInput {
  readonly incidentId: string;
  readonly carried?: Before<IncidentState>;
  readonly eventLimit?: number;
}

/** Alerts have changed. Versions before told how. */
export const alertsSignal = defineSignal<[AlertsSignal?]>('alerts');
/** There is something to begin, or something is late: look what is due. */
export const lookSignal = defineSignal('look');
/** Somebody wants something done. Versions before told who, and what. */
export const commandSignal = defineSignal<[Pick<Command, 'id'> | Command]>('command');
export const explainQuery = defineQuery<Explanation>('explain');

export type { Actor, AlertChange, AlertsSignal, Command, CommandBody } from '../domain/incident/happening.ts';
export type { ExplainedPage, Explanation } from '../domain/incident/explain.ts';
