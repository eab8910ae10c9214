import type { AlertEvent } from '../domain/alert-event.ts';
import type { Occurrence } from '../domain/correlation.ts';
import type { Column } from './columns.ts';
import type { IncomingAlert } from './intake.ts';

/** An alert that gets a row. */
export interface NewAlert {
  readonly id: string;
  readonly alert: IncomingAlert;
  readonly occurrence: Occurrence;
  readonly outcome: string;
  readonly deliveries: number;
}

export const alertColumns: readonly Column<NewAlert>[] = [
  ['id', 'bigint', ({ id }) => id],
  ['integration_id', 'uuid', ({ alert }) => alert.alertSourceId],
  ['source', 'word', ({ alert }) => alert.event.source],
  ['fingerprint', 'text', ({ alert }) => alert.event.fingerprint],
  ['status', 'word', ({ occurrence }) => occurrence.status],
  ['starts_at', 'instant', ({ occurrence }) => occurrence.startsAtMs],
  ['ends_at', 'instant', ({ occurrence }) => occurrence.endsAtMs],
  ['end_received_at', 'instant', ({ occurrence }) => occurrence.endReceivedAtMs],
  ['told_start_at', 'instant', ({ occurrence }) => occurrence.toldStartMs],
  ['last_event_at', 'instant', ({ occurrence }) => occurrence.toldAtMs],
  ['name', 'text', ({ alert }) => alert.event.name],
  ['summary', 'text', ({ alert }) => alert.event.summary],
  ['severity', 'word', ({ occurrence }) => occurrence.severity],
  ['service_id', 'uuid', ({ alert }) => alert.routed.serviceId],
  ['incident_id', 'uuid', ({ occurrence }) => occurrence.incidentId],
  ['rule_id', 'uuid', ({ alert }) => alert.routed.ruleId],
  ['outcome', 'word', ({ outcome }) => outcome],
  ['labels', 'jsonb', ({ alert }) => alert.event.labels],
  ['annotations', 'jsonb', ({ alert }) => alert.event.annotations],
  ['links', 'jsonb', ({ alert }) => alert.event.links],
  ['deliveries', 'integer', ({ deliveries }) => deliveries],
];

/** One telling of an alert, as its source sent it. */
export interface AlertDelivery {
  readonly id: string;
  readonly alertId: string;
  readonly event: AlertEvent;
}

export const deliveryColumns: readonly Column<AlertDelivery>[] = [
  ['id', 'uuid', ({ id }) => id],
  ['alert_id', 'bigint', ({ alertId }) => alertId],
  ['status', 'word', ({ event }) => event.status],
  ['payload', 'json', ({ event }) => event.raw ?? null],
];

export interface ToldIncident {
  readonly incidentId: string;
  readonly rank: number;
  readonly payload: object;
}

export const outboxColumns: readonly Column<ToldIncident>[] = [
  ['incident_id', 'uuid', ({ incidentId }) => incidentId],
  ['rank', 'smallint', ({ rank }) => rank],
  ['kind', 'word', () => 'alert'],
  ['payload', 'jsonb', ({ payload }) => payload],
];
