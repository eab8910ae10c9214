import type { Pool } from 'pg';
import { severityLook, type IncidentStatus, type Severity } from '../domain/vocabulary.ts';
import { incidentUrl } from '../incidents/incident-now.ts';

export interface KnownIncident {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: string;
  readonly assignee: string | null;
}

const columns = `i.id, i.short_id, i.title, i.severity, i.status, s.name as service, coalesce(nullif(u.display_name, ''), u.username) as assignee`;
const from = 'incidents i join services s on s.id = i.service_id left join users u on u.id = i.assignee_id';

/** By its short id or its id; null where there is none. */
export async function findIncident(pool: Pool, given: string): Promise<KnownIncident | null> {
  const { rows } = await pool.query<KnownIncident>(`select ${columns} from ${from} where i.short_id = $1 or i.id::text = $1`, [given]);
  return rows[0] ?? null;
}

const listed = 10;

/** The most urgent open ones, and how many there are. */
export async function openIncidents(pool: Pool): Promise<{ readonly incidents: readonly KnownIncident[]; readonly count: number }> {
  const { rows } = await pool.query<KnownIncident & { count: number }>(
    `select ${columns}, count(*) over ()::int as count from ${from} where i.status <> 'RESOLVED'
     order by i.status = 'ACKNOWLEDGED', i.severity, i.created_at limit $1`,
    [listed],
  );
  return { incidents: rows, count: rows[0]?.count ?? 0 };
}

/** `🔴 [INC-A1B2C3](https://…) Redis is down – redis-prod (Triggered)`, in Markdown. */
export const incidentLine = (incident: KnownIncident, baseUrl: string, status: string): string =>
  `${severityLook[incident.severity].emoji} [${incident.short_id}](${incidentUrl(baseUrl, incident.short_id)}) ${plain(incident.title)} – ${plain(incident.service)} (${status}${incident.assignee === null ? '' : `, ${plain(incident.assignee)}`})`;

/** Text from outside, which shall not become Markdown. */
export const plain = (text: string): string => text.replaceAll(/[\\`*_[\]<>~|]/g, '\\$&').replaceAll(/\s+/g, ' ');

/** An address that ends where it ends: a bracket would close the link before. */
export const markdownAddress = (url: string): string => url.replaceAll('(', '%28').replaceAll(')', '%29');
