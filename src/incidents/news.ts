import type { Pool } from 'pg';
import type { AlertChange, AlertsSignal, Command, News } from '../domain/incident/happening.ts';
import { isWorse, type Severity } from '../domain/vocabulary.ts';

/** Alerts and commands taken at once: they fill some kilobytes of one history event. What is left comes with the next look. */
const alertsAtOnce = 500;
const commandsAtOnce = 20;
/** Changes told with their words. */
const toldChanges = 10;

export interface NewsRow {
  readonly alerts: readonly AlertRow[];
  readonly commands: readonly CommandRow[];
  /** The incident's alerts as they stand; null where none of them is new. */
  readonly counts: Pick<AlertsSignal, 'firing' | 'resolved' | 'worst'> | null;
  /** Of the alerts, those that fire with labels that none of the incident had, once it is acknowledged; null where nobody is told of them. */
  readonly unlike: readonly string[] | null;
}

interface AlertRow {
  readonly id: string;
  readonly change: Omit<AlertChange, 'version'>;
  readonly atMs: number;
}

interface CommandRow extends Pick<Command, 'id' | 'actor' | 'body'> {
  readonly atMs: number;
  /** False where its workflow may well know it. */
  readonly owed: boolean;
}

const ms = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`;

/**
 * Selects a `NewsRow`: all that was told to an incident and that its workflow does not know. An alert lies in the outbox before Temporal hears of it,
 * and then in `told` until the workflow has written that it knows of it.
 * @param incidentId its id, in SQL; so are the others
 * @param alertsVersion the last alert that is known
 * @param recordedBy the last write that is known: commands that a later one has answered are decided anew
 * @param seen ids of commands that are known, though the write that answers them is not
 */
export const newsSql = (incidentId: string, alertsVersion: string, recordedBy: string, seen = `'{}'::text[]`): string => `
  with waiting as materialized (
    select id, payload, created_at from outbox where incident_id = ${incidentId} and kind = 'alert' and id > ${alertsVersion}
    union select id, payload, created_at from told where incident_id = ${incidentId} and id > ${alertsVersion}
    order by id limit ${alertsAtOnce}
  ),
  wanted as (
    select id, actor, payload, accepted_at, outcome is null or answered_by > ${recordedBy} as owed from commands
    where incident_id = ${incidentId} and id <> all(${seen}) and (outcome is null or answered_by > ${recordedBy}
      -- Answered by a worker of a version before, a moment ago.
      or (answered_by is null and finished_at > now() - interval '1 minute'))
    order by owed desc, accepted_at, id limit ${commandsAtOnce}
  ),
  counts as (
    select count(*) filter (where status = 'firing')::int as firing, count(*) filter (where status = 'resolved')::int as resolved,
      min(severity) filter (where status = 'firing') as worst from alerts where incident_id = ${incidentId}
  )
  select (select coalesce(json_agg(json_build_object('id', id::text, 'change', payload, 'atMs', ${ms('created_at')}) order by id), '[]') from waiting) as alerts,
    (select coalesce(json_agg(json_build_object('id', id, 'actor', actor, 'body', payload, 'atMs', ${ms('accepted_at')}, 'owed', owed) order by accepted_at, id), '[]') from wanted) as commands,
    (select to_json(counts) from counts where exists (select from waiting)) as counts,
    case when ${isHeld(incidentId)} then (select json_agg(w.id::text order by w.id) from waiting w
      join incidents i on i.id = ${incidentId} join alerts n on n.id = (w.payload ->> 'alertId')::bigint
      where w.payload ->> 'kind' = 'firing' and not exists (
        select from alerts o where o.incident_id = i.id and o.labels = n.labels and (o.first_received_at, o.id) < (n.first_received_at, n.id)
      )
    ) end as unlike`;

/** Whether somebody has the incident, or will when this news is taken, and its service wants them told. */
const isHeld = (incidentId: string): string => `(select s.notify_on_other_labels and (i.status = 'ACKNOWLEDGED'
    or exists (select from wanted where payload ->> 'kind' = 'acknowledge')) from incidents i join services s on s.id = i.service_id where i.id = ${incidentId})`;

/** What a run knows already. */
export interface KnownNews {
  readonly incidentId: string;
  readonly alertsVersion: number;
  readonly recordedBy: number;
  readonly seen: readonly string[];
}

/** What was told to an incident, in order, as the store has it. */
export async function readNews(pool: Pool, { incidentId, alertsVersion, recordedBy, seen }: KnownNews): Promise<News> {
  const { rows } = await pool.query<NewsRow>({
    name: 'incident-news',
    text: newsSql('$1::uuid', '$2::bigint', '$3::bigint', '$4::text[]'),
    values: [incidentId, alertsVersion, recordedBy, [...seen]],
  });
  return toNews(rows[0] as NewsRow);
}

/** Neighbouring alerts become one happening; a command keeps its place among them. */
export function toNews({ alerts, commands, counts, unlike }: NewsRow): News {
  const happenings: News['happenings'][number][] = [];
  let told = 0;
  const tell = (upTo: number): void => {
    if (upTo > told)
      happenings.push({ type: 'alerts', alerts: toAlerts(alerts.slice(told, upTo), standingBefore(alerts.slice(upTo), counts), unlike) });
    told = Math.max(told, upTo);
  };
  for (const { id, actor, body, atMs } of commands) {
    const later = alerts.findIndex((alert) => alert.atMs > atMs);
    tell(later === -1 ? alerts.length : later);
    happenings.push({ type: 'command', command: { id, actor, body, acceptedAtMs: atMs }, asNow: true });
  }
  tell(alerts.length);
  const owed = commands.filter((command) => command.owed).length;
  return { happenings, more: alerts.length === alertsAtOnce || owed === commandsAtOnce };
}

/** The counts are of now: before a command that came in between, what was told after it had not happened yet. */
function standingBefore(later: readonly AlertRow[], counts: NewsRow['counts']): NewsRow['counts'] {
  if (counts === null || later.length === 0) return counts;
  const ended = later.filter(({ change }) => change.kind === 'resolved');
  const begun = later.filter(({ change }) => change.kind === 'firing');
  const firing = Math.max(0, counts.firing + ended.length - begun.length);
  const severities = [...(counts.worst === null ? [] : [counts.worst]), ...ended.map(({ change }) => change.severity)];
  return {
    firing,
    resolved: Math.max(0, counts.resolved - ended.length),
    worst:
      firing === 0 ? null : severities.reduce<Severity | null>((worst, one) => (worst !== null && isWorse(worst, one) ? worst : one), null),
  };
}

function toAlerts(rows: readonly AlertRow[], counts: NewsRow['counts'], unlikeIds: NewsRow['unlike']): AlertsSignal {
  const changes = rows.map(({ id, change }): AlertChange => ({ version: Number(id), ...change }));
  const unlike = changes.filter(({ version }) => unlikeIds?.includes(String(version)));
  const versions = (kind: AlertChange['kind']): number[] => changes.filter((change) => change.kind === kind).map(({ version }) => version);
  return {
    version: Math.max(...changes.map(({ version }) => version)),
    firing: counts?.firing ?? 0,
    resolved: counts?.resolved ?? 0,
    worst: counts?.worst ?? null,
    fired: versions('firing'),
    ended: versions('resolved'),
    ...(unlikeIds !== null && { unlike: unlike.map(({ version }) => version) }),
    changes: changes.filter((change, index) => index < toldChanges || change === unlike[0]),
  };
}
