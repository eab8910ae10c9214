import type { IncidentActivities, LoadedIncident } from '../contract/activities.ts';
import { targetKey, withoutOwner, type PageTarget, type PolicyDocument } from '../domain/escalation-policy.ts';
import type { Before } from '../domain/incident/before.ts';
import type { Actor } from '../domain/incident/happening.ts';
import type { AutoResolve, IncidentState } from '../domain/incident/state.ts';
import type { Severity } from '../domain/vocabulary.ts';
import { changeableTypes } from '../delivery/in-step.ts';
import { ownDocumentUrl } from '../incidents/incident-now.ts';
import { newsSql, toNews, type NewsRow } from '../incidents/news.ts';
import type { ActivityDeps } from './deps.ts';
import { incidentGone } from './failed.ts';
import { roomTypes } from './open-war-room.ts';

interface Row {
  readonly short_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly state: Before<IncidentState> | null;
  readonly created_at: Date;
  readonly service_id: string;
  readonly service: string;
  readonly team: string | null;
  readonly auto_resolve: AutoResolve['mode'];
  readonly quiet_seconds: number;
  readonly assignee_id: string | null;
  readonly assignee: string | null;
  /** Who opened it for the assignee; null where they did it themselves, or nobody did. */
  readonly assigned_by: string | null;
  readonly scopes: readonly string[];
  /** Null where people are told. */
  readonly quietly_by: Actor | null;
  readonly policy_id: string;
  readonly policy_version: number;
  /** Null when the policy is gone: an incident that has begun carries its own copy. */
  readonly policy: string | null;
  readonly document: PolicyDocument | null;
  readonly has_rooms: boolean;
  readonly keeps_in_step: boolean;
  readonly room_is_closed: boolean;
  readonly news: NewsRow;
}

/** Of one moment with the state: what that has answered is no news. */
const news = newsSql(
  '$1::uuid',
  `(select coalesce((state -> 'alerts' ->> 'version')::bigint, 0) from incidents where id = $1)`,
  '9223372036854775807',
);

/** Reaches the administrators, as a last resort. */
const noPolicy: PolicyDocument = { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 };

export function createLoadIncident({
  database,
  config,
  registry,
  eventLimit,
}: Pick<ActivityDeps, 'database' | 'config' | 'registry' | 'eventLimit'>): IncidentActivities['loadIncident'] {
  return async ({ incidentId }): Promise<LoadedIncident> => {
    const { rows } = await database.pool.query<Row>({
      name: 'load-incident',
      text: `select i.short_id, i.title, i.severity, i.state, i.created_at, s.id as service_id, s.name as service, t.name as team, s.auto_resolve, s.quiet_seconds,
          u.id as assignee_id, coalesce(nullif(u.display_name, ''), u.username) as assignee,
          case when u.id <> i.created_by_id then i.created_by end as assigned_by,
          i.impact_scope_ids as scopes, case when i.opened_quietly then json_build_object('type', 'user', 'id', i.created_by_id, 'name', i.created_by, 'via', 'api') end as quietly_by,
          i.policy_id, i.policy_version, p.name as policy, v.document,
          exists (select from providers where is_active and type = any($2)) as has_rooms,
          exists (select from providers where is_active and type = any($3)) as keeps_in_step,
          exists (select from war_rooms where incident_id = i.id and closed_at is not null) as room_is_closed, (select to_json(n) from (${news}) n) as news
        from incidents i join services s on s.id = i.service_id left join teams t on t.id = i.team_id left join users u on u.id = i.assignee_id
        left join escalation_policies p on p.id = i.policy_id
        left join escalation_policy_versions v on v.policy_id = i.policy_id and v.version = i.policy_version
        where i.id = $1`,
      values: [incidentId, roomTypes(registry), [...changeableTypes(registry), ...roomTypes(registry)]],
    });
    const row = rows[0];
    if (row === undefined) throw incidentGone();
    const told = {
      news: toNews(row.news),
      ...(eventLimit !== undefined && { eventLimit }),
      ...((row.keeps_in_step || config.googleDrive != null) && { keepsInStep: true as const }),
      ...(row.room_is_closed && { roomIsClosed: true as const }),
    };
    if (row.state !== null) return { known: true, state: row.state, ...told };
    const asWritten = row.document ?? noPolicy;
    const document = row.team === null ? withoutOwner(asWritten) : asWritten;
    return {
      ...told,
      known: false,
      setUp: {
        documentUrl: ownDocumentUrl(config.baseUrl, row.short_id),
        ...(config.googleDrive != null && { documentIsElsewhere: true as const }),
        hasRooms: row.has_rooms,
        roomIsOptional: true,
        assignedBy: row.assigned_by,
        ...(row.quietly_by !== null && { quietlyBy: row.quietly_by }),
      },
      facts: {
        incidentId,
        shortId: row.short_id,
        title: row.title,
        severity: row.severity,
        service: { id: row.service_id, name: row.service },
        assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee ?? '' },
        ...(row.scopes.length > 0 && { scopes: row.scopes }),
        openedAtMs: row.created_at.getTime(),
        autoResolve: { mode: row.auto_resolve, quietSeconds: row.quiet_seconds },
        policy: { id: row.policy_id, name: row.policy ?? 'deleted', version: row.policy_version, document },
        targetNames: await readTargetNames(database.pool, document, row.team),
      },
    };
  };
}

async function readTargetNames(
  pool: ActivityDeps['database']['pool'],
  document: PolicyDocument,
  team: string | null,
): Promise<Record<string, string>> {
  const targets = [...document.levels.flatMap((level) => level.targets), ...document.fallback];
  const idsOf = (type: PageTarget['type']): string[] =>
    targets.flatMap((target) => (target.type === type && 'id' in target ? [target.id] : []));
  const relative = targets.flatMap((target): [string, string][] =>
    'id' in target ? [] : [[targetKey(target), target.type === 'admins' ? 'Admins' : (team ?? '–')]],
  );
  const { rows } = await pool.query<{ key: string; name: string }>({
    name: 'target-names',
    text: `select 'user:' || id as key, coalesce(nullif(display_name, ''), username) as name from users where id = any($1::uuid[])
      union all select 'team:' || id, name from teams where id = any($2::uuid[])
      union all select 'schedule:' || id, name from schedules where id = any($3::uuid[])
      union all select 'provider:' || id, name from providers where id = any($4::uuid[])`,
    values: [idsOf('user'), idsOf('team'), idsOf('schedule'), idsOf('provider')],
  });
  return Object.fromEntries([...relative, ...rows.map(({ key, name }): [string, string] => [key, name])]);
}
