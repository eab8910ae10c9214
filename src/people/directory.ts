import type { Pool } from 'pg';
import { providerPlace } from '../connections/provider.ts';
import { InvalidConfig, openConfig } from '../connections/stored-config.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Registry } from '../connectors/registry.ts';
import type { ContactMethod } from '../domain/contact-method.ts';
import type { Directory, DirectoryProvider, DirectorySchedule, DirectoryUser } from '../domain/routing/directory.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly is_active: boolean;
  readonly is_staff: boolean;
  readonly time_zone: string | null;
  readonly tell_when_taken: boolean;
  readonly contact_methods: readonly ContactMethod[];
  readonly devices: DirectoryUser['devices'];
}

interface TeamRow {
  readonly id: string;
  readonly name: string;
  readonly contact_methods: readonly ContactMethod[];
  readonly member_ids: readonly string[];
  readonly slack_channel_id: string | null;
  readonly current_on_call_id: string | null;
}

interface ProviderRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly config: Record<string, unknown>;
  readonly is_active: boolean;
  readonly every_incident: boolean;
  readonly severities: DirectoryProvider['severities'];
}

/** People, teams, schedules and providers as they are configured now. Small tables, read as a whole. */
export async function readDirectory({
  pool,
  registry,
  secrets,
}: {
  pool: Pool;
  registry: Registry;
  secrets: SecretBox;
}): Promise<Directory> {
  const [users, teams, schedules, providers] = await Promise.all([
    pool.query<UserRow>(
      `select id, coalesce(nullif(display_name, ''), username) as name, email, phone, is_active, is_staff, time_zone, tell_when_taken, contact_methods, coalesce((
         select json_agg(json_build_object('id', d.id, 'providerId', d.provider_id, 'name', d.name) order by d.added_at, d.id)
         from devices d where d.user_id = users.id and d.gone_at is null), '[]') as devices
       from users where is_active`,
    ),
    pool.query<TeamRow>(
      `select t.id, t.name, t.contact_methods, t.slack_channel_id, t.current_on_call_id, coalesce(array_agg(m.user_id order by m.role, m.user_id) filter (where m.user_id is not null), '{}') as member_ids
       from teams t left join team_members m on m.team_id = t.id group by t.id`,
    ),
    pool.query<DirectorySchedule & { id: string }>('select id, name, team_id as "teamId", time_zone, layers, overrides from schedules'),
    pool.query<ProviderRow>('select id, name, type, config, is_active, severities, every_incident from providers order by created_at, id'),
  ]);
  return {
    users: new Map(
      users.rows.map((row) => [
        row.id,
        {
          ...row,
          isActive: row.is_active,
          isStaff: row.is_staff,
          timeZone: row.time_zone ?? 'UTC',
          tellWhenTaken: row.tell_when_taken,
          contactMethods: row.contact_methods,
        },
      ]),
    ),
    teams: new Map(
      teams.rows.map(({ id, name, ...row }) => [
        id,
        {
          id,
          name,
          memberIds: row.member_ids,
          contactMethods: row.contact_methods,
          slackChannelId: row.slack_channel_id,
          currentOnCall: row.current_on_call_id,
        },
      ]),
    ),
    schedules: new Map(schedules.rows.map((row) => [row.id, row])),
    providers: new Map(providers.rows.flatMap((row) => toProvider(row, registry, secrets))),
  };
}

function toProvider(row: ProviderRow, registry: Registry, secrets: SecretBox): [string, DirectoryProvider][] {
  const connector = registry.byType(row.type);
  if (connector?.notify === undefined) return [];
  const { id, name, type, is_active: isActive, severities } = row;
  const { medium, devices } = connector.notify;
  const configured = configuredOf(row, connector, secrets);
  return [[id, { id, name, type, title: connector.title, medium, isActive, severities, toDevices: devices !== undefined, ...configured }]];
}

/** A config that cannot be read must not keep anybody from being paged by another provider; sending by this one says what is wrong. */
function configuredOf(row: ProviderRow, connector: Connector, secrets: SecretBox): Pick<DirectoryProvider, 'events' | 'hasDestination'> {
  const { events, hasDestination } = connector.notify ?? {};
  try {
    if (events === undefined && hasDestination === undefined) return { events: [], hasDestination: false };
    const config = openConfig(connector, providerPlace(row.id), row.config, secrets);
    return { events: events?.(config) ?? [], hasDestination: row.every_incident && (hasDestination?.(config) ?? false) };
  } catch (error) {
    if (error instanceof SecretUnreadable || error instanceof InvalidConfig) return { events: [], hasDestination: false };
    throw error;
  }
}
