import type { Pool } from 'pg';
import { providerPlace } from '../connections/provider.ts';
import { InvalidConfig, openConfig } from '../connections/stored-config.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Registry } from '../connectors/registry.ts';
import type { ContactMethod } from '../domain/contact-method.ts';
import type { OnCallSchedule } from '../domain/on-call.ts';
import type { Directory, DirectoryProvider } from '../domain/routing.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly is_active: boolean;
  readonly is_staff: boolean;
  readonly contact_methods: readonly ContactMethod[];
}

interface TeamRow {
  readonly id: string;
  readonly name: string;
  readonly contact_methods: readonly ContactMethod[];
  readonly member_ids: readonly string[];
}

interface ProviderRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly config: Record<string, unknown>;
}

/** People, teams, schedules and active providers as they are configured now. Small tables, read as a whole. */
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
      `select id, coalesce(nullif(display_name, ''), username) as name, email, phone, is_active, is_staff, contact_methods from users where is_active`,
    ),
    pool.query<TeamRow>(
      `select t.id, t.name, t.contact_methods, coalesce(array_agg(m.user_id order by m.role, m.user_id) filter (where m.user_id is not null), '{}') as member_ids
       from teams t left join team_members m on m.team_id = t.id group by t.id`,
    ),
    pool.query<OnCallSchedule & { id: string; name: string }>('select id, name, time_zone, layers, overrides from schedules'),
    pool.query<ProviderRow>('select id, name, type, config from providers where is_active order by created_at, id'),
  ]);
  return {
    users: new Map(
      users.rows.map((row) => [row.id, { ...row, isActive: row.is_active, isStaff: row.is_staff, contactMethods: row.contact_methods }]),
    ),
    teams: new Map(
      teams.rows.map((row) => [row.id, { id: row.id, name: row.name, memberIds: row.member_ids, contactMethods: row.contact_methods }]),
    ),
    schedules: new Map(schedules.rows.map((row) => [row.id, row])),
    providers: new Map(providers.rows.flatMap((row) => toProvider(row, registry, secrets))),
  };
}

function toProvider(row: ProviderRow, registry: Registry, secrets: SecretBox): [string, DirectoryProvider][] {
  const connector = registry.byType(row.type);
  if (connector?.notify === undefined) return [];
  const { notify } = connector;
  const events = eventsOf(row, connector, secrets);
  return [[row.id, { id: row.id, name: row.name, type: row.type, medium: notify.medium, events }]];
}

/** A config that cannot be read must not keep anybody from being paged by another provider; sending by this one says what is wrong. */
function eventsOf(row: ProviderRow, connector: Connector, secrets: SecretBox): DirectoryProvider['events'] {
  if (connector.notify?.events === undefined) return [];
  try {
    return connector.notify.events(openConfig(connector, providerPlace(row.id), row.config, secrets));
  } catch (error) {
    if (error instanceof SecretUnreadable || error instanceof InvalidConfig) return [];
    throw error;
  }
}
