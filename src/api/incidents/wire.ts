import { z } from '@hono/zod-openapi';
import { incidentEvents, incidentStatuses, severities } from '../../domain/vocabulary.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { SaidRead } from '../said.ts';

/** A UUID or a short id. */
export const IncidentParam = z.object({
  id: z
    .string()
    .max(40)
    .openapi({ param: { name: 'id', in: 'path' }, description: 'The UUID or the short id of an incident.', example: 'INC-A1B2C3' }),
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
    acknowledged_by: z.string().nullable().openapi({ description: 'The name of the person.' }),
    created_at: Timestamp,
    acknowledged_at: Timestamp.nullable(),
    resolved_at: Timestamp.nullable(),
    updated_at: Timestamp,
    origin: z.enum(['alert', 'person']).openapi({ description: 'Opened by monitoring or by a person.' }),
    created_by: z.string().nullable().openapi({ description: 'The name of the person who opened it.' }),
    impact_scopes: z.array(RefRead),
    url: z.string().openapi({ description: 'The web page of the incident.' }),
    document_url: z.string().nullable(),
    war_room_url: z.string().nullable(),
    runbook_url: z.string().nullable(),
    alerts: z.object({ total: z.number().int(), firing: z.number().int() }),
    group: z
      .object({
        title: SaidRead.openapi({ description: 'What to call the incident: its alerts together.' }),
        shared_labels: z.record(z.string(), z.string()).openapi({ description: 'Labels that all alerts have in common.' }),
        varying_labels: z.array(
          z.object({
            label: z.string(),
            count: z.number().int().openapi({ description: 'How many different values there are.' }),
            values: z.array(z.string()).openapi({ description: 'Some of them.' }),
          }),
        ),
      })
      .nullable()
      .openapi({
        description:
          'What the alerts of the incident have in common; null for fewer than two, and for an incident that a person opened. `title` stays what it was when the incident opened.',
      }),
    next_due_at: Timestamp.nullable().openapi({
      description: 'When IMAS acts on the incident next, for example pages the next level; `explain/` says what it does.',
    }),
    policy: z
      .object({ id: z.uuid(), version: z.number().int() })
      .openapi({ description: 'The escalation policy, in the version the incident was opened with.' }),
  })
  .openapi('Incident');

export type IncidentWire = z.infer<typeof IncidentRead>;

export const ActorRead = z
  .object({
    type: z.enum(['user', 'system', 'monitoring']),
    id: z.string().nullable(),
    name: z.string(),
    via: z.string().openapi({ description: 'How the action came in.', example: 'api' }),
  })
  .openapi('Actor');

export const TimelineEntryRead = z
  .object({
    sequence: z.number().int().openapi({ description: 'Counts the entries of an incident from 1, without gaps.' }),
    timestamp: Timestamp,
    type: z.string().openapi({ example: 'ALERT_SENT' }),
    message: z.string().openapi({ description: 'The message in English.', example: 'Notification sent to Slack (SRE Core)' }),
    code: z.string().nullable().openapi({ description: 'The message as a code; null for entries of earlier versions.' }),
    values: z.record(z.string(), z.unknown()).openapi({ description: 'The values in the message, by name.' }),
    actor: ActorRead,
    data: z.record(z.string(), z.unknown()).openapi({ description: 'Details that depend on `type`.' }),
  })
  .openapi('TimelineEntry');

export const CommandRead = z
  .object({
    id: z.string(),
    outcome: z.enum(['applied', 'pending']).openapi({ description: '`pending`: accepted, and applied as soon as a worker is available.' }),
    ...SaidRead.shape,
  })
  .openapi('Command');

/** The incident as it stands after an action, and what came of the action. */
export const IncidentAfterCommand = IncidentRead.extend({ command: CommandRead }).openapi('IncidentAfterCommand');

export const DeliveryRead = z
  .object({
    delivery_id: z.string().openapi({ description: 'The same for all attempts to send one notification.' }),
    attempt: z.number().int().openapi({ description: 'Counts from 1.' }),
    provider: RefRead.nullable(),
    provider_type: z.string(),
    user: RefRead.nullable(),
    address: z.string().nullable(),
    purpose: z.string().openapi({ description: 'Why it was sent, for example to page somebody or to announce an event.' }),
    state: z.enum(['sending', 'sent', 'failed', 'skipped', 'unknown']).openapi({
      description:
        '`skipped`: no longer needed when it was due. `unknown`: the attempt was interrupted, so the message may have been sent.',
    }),
    permanent: z.boolean().openapi({ description: 'Whether a failure is final; otherwise it is tried again.' }),
    started_at: Timestamp,
    finished_at: Timestamp.nullable(),
    receipt: z.string().nullable().openapi({ description: 'What the provider answered when it accepted the message.' }),
    error: z.string().nullable(),
  })
  .openapi('Delivery');

const ForeseenRead = z.object({
  level: z.number().int().nullable().openapi({ description: 'Counts from 1; null for the final fallback.' }),
  round: z.number().int().nullable().openapi({ description: 'Counts from 1; null for the final fallback.' }),
  who: z.array(z.string()).openapi({ description: 'The names of the recipients, as things stand now.' }),
});

export const ExplanationRead = z
  .object({
    incident_id: z.uuid(),
    status: z.string(),
    policy: z.object({ id: z.string(), name: z.string(), version: z.number().int() }).nullable(),
    acknowledged_by_id: z.string().nullable().openapi({ description: 'The id of the user whose acknowledgement stands.' }),
    is_quiet: z.boolean().openapi({
      description: 'Whether it was opened with `"notify": false`, and nobody is told until somebody escalates it or it gets worse.',
    }),
    pages: z.array(
      z.object({
        page_id: z.string(),
        outcome: z.enum(['sent', 'skipped', 'unknown', 'failed', 'pending', 'due']).openapi({
          description:
            '`pending`: being sent. `due`: scheduled. `unknown`: an attempt was interrupted, so it may have arrived, and it was not sent again.',
        }),
        who: z.string().openapi({ description: 'The recipient: a person, a team, a schedule or a provider.' }),
        user_id: z.string().nullable().openapi({ description: 'The id of the user; null where it is no person.' }),
        by: z.string().nullable().openapi({
          description: 'Provider and address; null while it is due, since the contact method is chosen when it is sent.',
          example: 'Mail (ann@example.com)',
        }),
        at: Timestamp,
        reasons: z.array(SaidRead).openapi({ description: 'Why this recipient: policy version, round, level, target, preference.' }),
        event: z
          .enum(incidentEvents)
          .nullable()
          .openapi({ description: 'What a notification is about; null for a page, which asks somebody to respond.' }),
        detail: SaidRead.nullable().openapi({
          description:
            'Why it was skipped or failed; while `pending`, why its last attempt failed, if one did; once `sent`, the provider’s receipt.',
        }),
        cure: SaidRead.nullable().openapi({ description: 'What to do about the failure.' }),
        attempt: z
          .object({
            number: z.number().int().openapi({ description: 'Counts from 1.' }),
            under_way: z.boolean().openapi({ description: 'Whether this attempt is being made right now; otherwise it failed.' }),
            next_at: Timestamp.nullable().openapi({ description: 'When it is tried again, if that is known.' }),
          })
          .nullable()
          .openapi({ description: 'While `pending`: the last attempt to send it. Null if it waits for its turn.' }),
      }),
    ),
    next: z.object({ at: Timestamp, what: SaidRead }).nullable(),
    escalation: z
      .object({
        rounds: z.number().int().openapi({ description: 'How often the levels are gone through before the final fallback.' }),
        next: ForeseenRead.openapi({ description: 'Who is paged if somebody escalates now.' }),
        first: ForeseenRead.openapi({
          description: 'Who is paged if the escalation starts over, for example because the severity is raised.',
        }),
      })
      .nullable()
      .openapi({ description: 'Null until the workflow of the incident has started.' }),
    reopening: z
      .object({
        after_seconds: z.number().openapi({
          description: 'Seconds after its resolution from which an alert that never stopped firing counts as firing again.',
        }),
        window_seconds: z
          .number()
          .openapi({ description: 'Seconds after its resolution during which alerts reopen it; later, they open a new one.' }),
      })
      .openapi({ description: 'When alerts reopen the incident once it is resolved.' }),
  })
  .openapi('Explanation');
