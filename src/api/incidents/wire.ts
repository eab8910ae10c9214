import { z } from '@hono/zod-openapi';
import { incidentEvents, incidentStatuses, severities } from '../../domain/vocabulary.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { SaidRead } from '../said.ts';

/** A UUID or a short id. */
export const IncidentParam = z.object({
  id: z
    .string()
    .max(40)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'A UUID or a short id', example: 'INC-A1B2C3' }),
});

export const IncidentRead = z
  .object({
    id: z.uuid(),
    short_id: z.string().openapi({ example: 'INC-A1B2C3' }),
    title: z.string(),
    description: z.string(),
    severity: z.enum(severities),
    status: z.enum(incidentStatuses),
    service: RefRead,
    team: RefRead.nullable(),
    assignee: RefRead.nullable(),
    acknowledged_by: z.string().nullable(),
    created_at: Timestamp,
    acknowledged_at: Timestamp.nullable(),
    resolved_at: Timestamp.nullable(),
    updated_at: Timestamp,
    /** Opened by monitoring or by a person. */
    origin: z.enum(['alert', 'person']),
    created_by: z.string().nullable(),
    impact_scopes: z.array(RefRead),
    url: z.string(),
    document_url: z.string().nullable(),
    war_room_url: z.string().nullable(),
    runbook_url: z.string().nullable(),
    alerts: z.object({ total: z.number().int(), firing: z.number().int() }),
    /** When the incident acts by itself next (pages, resolves); `explain/` says what it does. */
    next_due_at: Timestamp.nullable(),
    policy: z.object({ id: z.uuid(), version: z.number().int() }),
  })
  .openapi('Incident');

export type IncidentWire = z.infer<typeof IncidentRead>;

export const ActorRead = z
  .object({
    type: z.enum(['user', 'system', 'monitoring']),
    id: z.string().nullable(),
    name: z.string(),
    via: z.string(),
  })
  .openapi('Actor');

/** What its type adds stands in `data`. */
export const TimelineEntryRead = z
  .object({
    sequence: z.number().int(),
    timestamp: Timestamp,
    type: z.string().openapi({ example: 'ALERT_SENT' }),
    /** In English. */
    message: z.string().openapi({ example: 'Notification sent to Slack (SRE Core)' }),
    /** The message as a code with values; null for an entry that has words alone. */
    code: z.string().nullable(),
    values: z.record(z.string(), z.unknown()),
    actor: ActorRead,
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry');

export const CommandRead = z
  .object({
    id: z.string(),
    outcome: z.enum(['applied', 'pending']),
    ...SaidRead.shape,
  })
  .openapi('Command');

/** The incident as it stands after an action, and what came of the action. */
export const IncidentAfterCommand = IncidentRead.extend({ command: CommandRead }).openapi('IncidentAfterCommand');

export const DeliveryRead = z
  .object({
    delivery_id: z.string(),
    attempt: z.number().int(),
    provider: RefRead.nullable(),
    provider_type: z.string(),
    user: RefRead.nullable(),
    address: z.string().nullable(),
    purpose: z.string(),
    state: z.enum(['sending', 'sent', 'failed', 'skipped', 'unknown']),
    permanent: z.boolean(),
    started_at: Timestamp,
    finished_at: Timestamp.nullable(),
    receipt: z.string().nullable(),
    error: z.string().nullable(),
  })
  .openapi('Delivery');

export const ExplanationRead = z
  .object({
    incident_id: z.uuid(),
    status: z.string(),
    policy: z.object({ id: z.string(), name: z.string(), version: z.number().int() }).nullable(),
    pages: z.array(
      z.object({
        page_id: z.string(),
        /** `unknown`: an attempt was cut off, so that it may have arrived, and it was not sent again. */
        outcome: z.enum(['sent', 'skipped', 'unknown', 'failed', 'pending', 'due']),
        who: z.string(),
        /** Provider and address; null while it is due: the way is chosen then. */
        by: z.string().nullable(),
        at: Timestamp,
        reasons: z.array(SaidRead),
        /** What it tells of; null for a page, which asks for someone. */
        event: z.enum(incidentEvents).nullable(),
        detail: SaidRead.nullable(),
        cure: SaidRead.nullable(),
      }),
    ),
    next: z.object({ at: Timestamp, what: SaidRead }).nullable(),
  })
  .openapi('Explanation');
