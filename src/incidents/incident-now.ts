import type { Pool } from 'pg';
import type { IncidentSummary } from '../connectors/notification.ts';
import { groupTitle } from '../domain/alert-group.ts';
import type { Reader } from '../domain/reader.ts';
import type { IncidentStatus, Severity } from '../domain/vocabulary.ts';
import { words } from '../texts/languages.ts';
import { alertGroupSql, type AlertGroupRow } from './alert-groups.ts';

interface Row {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly epoch: number;
  readonly service_id: string;
  readonly service: string;
  readonly team: string | null;
  readonly assignee_id: string | null;
  readonly assignee: string | null;
  readonly created_at: Date;
  readonly triggered_at: Date;
  readonly document_url: string | null;
  readonly war_room_url: string | null;
  readonly runbook_url: string | null;
  readonly message_note: string;
  readonly is_quiet: boolean;
  readonly acknowledged_by: string | null;
  readonly acknowledged_by_id: string | null;
  readonly alerts: AlertGroupRow | null;
  readonly pending: {
    readonly by: string;
    readonly byId: string | null;
    readonly kind: 'acknowledge' | 'resolve';
    readonly atMs: number;
  } | null;
}

export interface IncidentNow {
  /** What its readers are told, in the words of `reader`. */
  summaryFor(reader: Reader): IncidentSummary;
  /** What the service adds to each message; null where it adds nothing. */
  readonly note: string | null;
  /** It was recorded without telling anybody, and so it is until somebody escalates it or it gets worse. */
  readonly isQuiet: boolean;
  readonly status: IncidentStatus;
  readonly epoch: number;
  readonly assigneeId: string | null;
  readonly acknowledgedBy: string | null;
  /** Whoever acknowledged it, where that was a person: two may have one name. */
  readonly acknowledgedById: string | null;
  /** Since when nobody has it, or had it before it was acknowledged: epoch milliseconds. */
  readonly triggeredAtMs: number;
  /**
   * An acknowledgement or resolution that was accepted, and that the workflow has yet to answer: who gave it. One that
   * was told long ago and never answered must not void every later page.
   */
  readonly pendingBy: string | null;
  readonly pendingById: string | null;
  readonly pendingKind: 'acknowledge' | 'resolve' | null;
  /** When the last such one was accepted, epoch milliseconds. */
  readonly pendingAtMs: number | null;
}

/** The incident as it stands in the store at this moment; null when it is not there. */
export async function readIncident(pool: Pool, incidentId: string, baseUrl: string): Promise<IncidentNow | null> {
  const now = await readIncidents(pool, [incidentId], baseUrl);
  return now.get(incidentId) ?? null;
}

/** Those that are there, by id. */
export async function readIncidents(pool: Pool, ids: readonly string[], baseUrl: string): Promise<ReadonlyMap<string, IncidentNow>> {
  const { rows } = await pool.query<Row>({
    name: 'incident-now',
    text: `select i.id, i.short_id, i.title, i.description, i.severity, i.status, i.epoch, s.id as service_id, s.name as service, t.name as team,
        i.assignee_id, coalesce(nullif(u.display_name, ''), u.username) as assignee, i.created_at, i.document_url, i.war_room_url, i.runbook_url, s.message_note, i.opened_quietly and (i.state is null or i.state -> 'quiet' is not null) as is_quiet, i.acknowledged_by,
        i.state #>> '{acknowledged,by,id}' as acknowledged_by_id,
        coalesce((select max(e.timestamp) from timeline_entries e
          where e.incident_id = i.id and e.type = 'STATUS_CHANGED' and e.data ->> 'status' = 'TRIGGERED'), i.created_at) as triggered_at,
        case when i.origin = 'alert' then ${alertGroupSql('i.id')} end as alerts,
        (select json_build_object('by', c.actor ->> 'name', 'byId', c.actor ->> 'id', 'kind', c.kind, 'atMs', (extract(epoch from c.accepted_at) * 1000)::float8) from commands c
         where c.incident_id = i.id and c.outcome is null and c.kind in ('acknowledge', 'resolve')
           and (c.accepted_at > now() - interval '10 minutes'
             or exists (select 1 from outbox o where o.incident_id = i.id and o.payload ->> 'commandId' = c.id))
         order by c.accepted_at desc limit 1) as pending
      from incidents i join services s on s.id = i.service_id left join teams t on t.id = i.team_id left join users u on u.id = i.assignee_id
      where i.id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, nowOf(row, baseUrl)]));
}

const nowOf = (row: Row, baseUrl: string): IncidentNow => ({
  note: row.message_note === '' ? null : row.message_note,
  isQuiet: row.is_quiet,
  status: row.status,
  epoch: row.epoch,
  assigneeId: row.assignee_id,
  acknowledgedBy: row.acknowledged_by,
  acknowledgedById: row.acknowledged_by_id,
  triggeredAtMs: row.triggered_at.getTime(),
  pendingBy: row.pending?.by ?? null,
  pendingById: row.pending?.byId ?? null,
  pendingKind: row.pending?.kind ?? null,
  pendingAtMs: row.pending?.atMs ?? null,
  summaryFor: ({ language }) => summaryOf(row, baseUrl, language),
});

function summaryOf(row: Row, baseUrl: string, language: Reader['language']): IncidentSummary {
  const { alerts } = row;
  const title = alerts === null ? null : groupTitle(alerts);
  return {
    id: row.id,
    shortId: row.short_id,
    title: title === null ? row.title : words(title, language),
    description: row.description,
    severity: row.severity,
    status: row.status,
    service: { id: row.service_id, name: row.service },
    team: row.team,
    assignee: row.assignee,
    createdAt: row.created_at.toISOString(),
    url: incidentUrl(baseUrl, row.short_id),
    alerts,
    links: {
      document: row.document_url,
      warRoom: row.war_room_url,
      runbook: row.runbook_url ?? alerts?.links.runbook ?? null,
      source: alerts?.links.source ?? null,
      dashboard: alerts?.links.dashboard ?? null,
    },
  };
}

export const incidentUrl = (baseUrl: string, shortId: string): string => `${baseUrl}/dashboard/incidents/${shortId}/`;

/** Of the incident document that the system keeps itself. */
export const ownDocumentUrl = (baseUrl: string, shortId: string): string => `${incidentUrl(baseUrl, shortId)}document/`;

/** The words of a comment, by its place in the timeline; null when it is not there. */
export async function readComment(pool: Pool, incidentId: string, sequence: number): Promise<{ author: string; text: string } | null> {
  const { rows } = await pool.query<{ author: string; text: string }>({
    name: 'comment',
    text: `select actor ->> 'name' as author, data ->> 'text' as text from timeline_entries where incident_id = $1 and sequence = $2`,
    values: [incidentId, sequence],
  });
  return rows[0] ?? null;
}
