import type { Pool } from 'pg';
import type { IncidentSummary } from '../connectors/notification.ts';
import type { IncidentStatus, Severity } from '../domain/vocabulary.ts';

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
  readonly document_url: string | null;
  readonly war_room_url: string | null;
  readonly runbook_url: string | null;
  readonly acknowledged_by: string | null;
  readonly pending: { readonly by: string; readonly atMs: number } | null;
}

export interface IncidentNow {
  readonly summary: IncidentSummary;
  readonly epoch: number;
  readonly assigneeId: string | null;
  readonly acknowledgedBy: string | null;
  /**
   * An acknowledgement or resolution that was accepted, and that the workflow has yet to answer: who gave it. One that
   * was told long ago and never answered must not void every later page.
   */
  readonly pendingBy: string | null;
  /** When the last such one was accepted, epoch milliseconds. */
  readonly pendingAtMs: number | null;
}

/** The incident as it stands in the store at this moment; null when it is not there. */
export async function readIncident(pool: Pool, incidentId: string, baseUrl: string): Promise<IncidentNow | null> {
  const { rows } = await pool.query<Row>({
    name: 'incident-now',
    text: `select i.id, i.short_id, i.title, i.description, i.severity, i.status, i.epoch, s.id as service_id, s.name as service, t.name as team,
        i.assignee_id, coalesce(nullif(u.display_name, ''), u.username) as assignee, i.created_at, i.document_url, i.war_room_url, i.runbook_url, i.acknowledged_by,
        (select json_build_object('by', c.actor ->> 'name', 'atMs', (extract(epoch from c.accepted_at) * 1000)::float8) from commands c
         where c.incident_id = i.id and c.outcome is null and c.kind in ('acknowledge', 'resolve')
           and (c.accepted_at > now() - interval '10 minutes'
             or exists (select 1 from outbox o where o.incident_id = i.id and o.payload ->> 'commandId' = c.id))
         order by c.accepted_at desc limit 1) as pending
      from incidents i join services s on s.id = i.service_id left join teams t on t.id = i.team_id left join users u on u.id = i.assignee_id
      where i.id = $1`,
    values: [incidentId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    epoch: row.epoch,
    assigneeId: row.assignee_id,
    acknowledgedBy: row.acknowledged_by,
    pendingBy: row.pending?.by ?? null,
    pendingAtMs: row.pending?.atMs ?? null,
    summary: {
      id: row.id,
      shortId: row.short_id,
      title: row.title,
      description: row.description,
      severity: row.severity,
      status: row.status,
      service: { id: row.service_id, name: row.service },
      team: row.team,
      assignee: row.assignee,
      createdAt: row.created_at.toISOString(),
      url: incidentUrl(baseUrl, row.short_id),
      links: { document: row.document_url, warRoom: row.war_room_url, runbook: row.runbook_url },
    },
  };
}

export const incidentUrl = (baseUrl: string, shortId: string): string => `${baseUrl}/dashboard/incidents/${shortId}/`;

/** The words of a comment, by its place in the timeline; null when it is not there. */
export async function readComment(pool: Pool, incidentId: string, sequence: number): Promise<{ author: string; text: string } | null> {
  const { rows } = await pool.query<{ author: string; text: string }>({
    name: 'comment',
    text: `select actor ->> 'name' as author, data ->> 'text' as text from timeline_entries where incident_id = $1 and sequence = $2`,
    values: [incidentId, sequence],
  });
  return rows[0] ?? null;
}
