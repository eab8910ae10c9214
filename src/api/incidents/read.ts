import type { Pool } from 'pg';
import { groupTitle, splitLabels, type AlertGroup } from '../../domain/alert-group.ts';
import { readAlertGroups } from '../../incidents/alert-groups.ts';
import { notFound } from '../problem.ts';
import { presentSaid } from '../said.ts';
import type { IncidentWire } from './wire.ts';

export const incidentJoins = `
  join services s on s.id = i.service_id
  left join teams t on t.id = i.team_id
  left join users u on u.id = i.assignee_id`;

export const incidentColumns = `i.id, i.short_id, i.title, i.description, i.severity, i.status, i.service_id,
  s.name as service_name, i.team_id, t.name as team_name, i.assignee_id,
  coalesce(nullif(u.display_name, ''), u.username) as assignee_name, i.acknowledged_by, i.origin, i.created_by,
  i.policy_id, i.policy_version, i.impact_scope_ids, i.runbook_url, i.document_url, i.war_room_url, i.created_at,
  i.acknowledged_at, i.resolved_at, i.updated_at, i.due_at`;

export interface IncidentRow {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: IncidentWire['severity'];
  readonly status: IncidentWire['status'];
  readonly service_id: string;
  readonly service_name: string;
  readonly team_id: string | null;
  readonly team_name: string | null;
  readonly assignee_id: string | null;
  readonly assignee_name: string | null;
  readonly acknowledged_by: string | null;
  readonly origin: IncidentWire['origin'];
  readonly created_by: string | null;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly impact_scope_ids: string[];
  readonly runbook_url: string | null;
  readonly document_url: string | null;
  readonly war_room_url: string | null;
  readonly created_at: Date;
  readonly acknowledged_at: Date | null;
  readonly resolved_at: Date | null;
  readonly updated_at: Date;
  readonly due_at: Date | null;
}

const shortId = /^INC-[A-Z0-9]{6}$/i;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isShortId = (text: string): boolean => shortId.test(text);

/** Takes a UUID or a short id, in either case. @throws Problem 404 */
export async function incidentIdOf(pool: Pool, given: string): Promise<string> {
  const column = uuid.test(given) ? 'id' : shortId.test(given) ? 'short_id' : null;
  if (column === null) throw notFound('incident');
  const { rows } = await pool.query<{ id: string }>(`select id from incidents where ${column} = $1`, [
    column === 'id' ? given : given.toUpperCase(),
  ]);
  const row = rows[0];
  if (row === undefined) throw notFound('incident');
  return row.id;
}

/** @throws Problem 404 */
export async function readIncident(pool: Pool, id: string, baseUrl: string): Promise<IncidentWire> {
  const { rows } = await pool.query<IncidentRow>(`select ${incidentColumns} from incidents i ${incidentJoins} where i.id = $1`, [id]);
  const [incident] = await presentIncidents(pool, rows, baseUrl);
  if (incident === undefined) throw notFound('incident');
  return incident;
}

export async function presentIncidents(pool: Pool, rows: readonly IncidentRow[], baseUrl: string): Promise<IncidentWire[]> {
  const [counts, scopes] = await Promise.all([
    alertCounts(
      pool,
      rows.map((row) => row.id),
    ),
    scopeNames(
      pool,
      rows.flatMap((row) => row.impact_scope_ids),
    ),
  ]);
  const groups = await groupsOf(pool, rows, counts);
  return rows.map((row) => ({
    id: row.id,
    short_id: row.short_id,
    title: row.title,
    description: row.description,
    severity: row.severity,
    status: row.status,
    service: { id: row.service_id, name: row.service_name },
    team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '' },
    assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? '' },
    acknowledged_by: row.acknowledged_by,
    created_at: row.created_at.toISOString(),
    acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    updated_at: row.updated_at.toISOString(),
    origin: row.origin,
    created_by: row.created_by,
    impact_scopes: row.impact_scope_ids.flatMap((id) => {
      const name = scopes.get(id);
      return name === undefined ? [] : [{ id, name }];
    }),
    url: `${baseUrl}/dashboard/incidents/${row.short_id}/`,
    document_url: row.document_url,
    war_room_url: row.war_room_url,
    runbook_url: row.runbook_url,
    alerts: counts.get(row.id) ?? noAlerts,
    group: presentGroup(groups.get(row.id)),
    next_due_at: row.due_at?.toISOString() ?? null,
    policy: { id: row.policy_id, version: row.policy_version },
  }));
}

const noAlerts = { total: 0, firing: 0 };

/**
 * Labels are many, and a list is read again and again: what was read of an incident is kept until the number of its alerts changes.
 */
const keptGroups = new Map<string, { readonly alerts: number; readonly group: AlertGroup | undefined }>();
const mostKept = 1_000;

async function groupsOf(
  pool: Pool,
  rows: readonly IncidentRow[],
  counts: ReadonlyMap<string, { readonly total: number }>,
): Promise<ReadonlyMap<string, AlertGroup>> {
  const many = rows.filter(({ id, origin }) => origin === 'alert' && (counts.get(id)?.total ?? 0) > 1);
  const isKept = ({ id }: IncidentRow): boolean => keptGroups.get(id)?.alerts === counts.get(id)?.total;
  const unknown = many.filter((row) => !isKept(row)).map(({ id }) => id);
  const read = await readAlertGroups(pool, unknown);
  if (keptGroups.size + unknown.length > mostKept) keptGroups.clear();
  for (const id of unknown) keptGroups.set(id, { alerts: counts.get(id)?.total ?? 0, group: read.get(id) });
  return new Map(
    many.flatMap(({ id }) => {
      const group = keptGroups.get(id)?.group ?? read.get(id);
      return group === undefined ? [] : [[id, group]];
    }),
  );
}

function presentGroup(group: AlertGroup | undefined): IncidentWire['group'] {
  const title = group === undefined ? null : groupTitle(group);
  if (group === undefined || title === null) return null;
  const { shared, varying } = splitLabels(group);
  return {
    title: presentSaid(title),
    shared_labels: Object.fromEntries(shared.map(({ label, some }) => [label, some[0] ?? ''])),
    varying_labels: varying.map(({ label, values: count, some }) => ({ label, count, values: [...some] })),
  };
}

async function alertCounts(pool: Pool, ids: readonly string[]): Promise<Map<string, { total: number; firing: number }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<{ incident_id: string; total: number; firing: number }>(
    `select incident_id, count(*)::int as total, (count(*) filter (where status = 'firing'))::int as firing
     from alerts where incident_id = any($1::uuid[]) group by incident_id`,
    [ids],
  );
  return new Map(rows.map(({ incident_id, total, firing }) => [incident_id, { total, firing }]));
}

async function scopeNames(pool: Pool, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; name: string }>('select id, name from impact_scopes where id = any($1::uuid[])', [
    [...new Set(ids)],
  ]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
