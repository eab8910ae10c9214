import type { EntityManager } from '@mikro-orm/postgresql';
import { type FieldError, invalid } from './problem.ts';

/** Tables that a body can point into. */
export type Referable = 'users' | 'teams' | 'services' | 'providers' | 'schedules' | 'escalation_policies' | 'impact_scopes';

export interface Reference {
  /** Where in the body it stands: `levels[0].targets[1].id`. */
  readonly field: string;
  readonly table: Referable;
  readonly id: string;
}

export interface Ref {
  readonly id: string;
  readonly name: string;
}

/** @throws Problem 422 that names every field whose id is unknown. */
export async function requireReferences(em: EntityManager, references: readonly Reference[]): Promise<void> {
  const errors: FieldError[] = [];
  for (const [table, group] of Map.groupBy(references, (reference) => reference.table)) {
    const rows = await em.execute<{ id: string }[]>(`select id from ${table} where id = any(?::uuid[])`, [
      `{${group.map((reference) => reference.id).join(',')}}`,
    ]);
    const known = new Set(rows.map((row) => row.id));
    for (const { field, id } of group) {
      if (!known.has(id)) errors.push({ field, reason: `there is no ${singular[table]} with this id` });
    }
  }
  if (errors.length > 0) throw invalid(errors);
}

/** Ids to `{id, name}`, for answers. */
export async function refsOf(
  em: EntityManager,
  table: Referable,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => Ref | null> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return () => null;
  const name = table === 'users' ? `coalesce(nullif(display_name, ''), username)` : 'name';
  const rows = await em.execute<Ref[]>(`select id, ${name} as name from ${table} where id = any(?::uuid[])`, [`{${wanted.join(',')}}`]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => (id === null ? null : (byId.get(id) ?? null));
}

/**
 * What still points to an id from inside a JSON document, where no foreign key watches: contact methods, schedules, and
 * the policy versions that are current or pinned by an open incident. Ids are UUIDs, so their text is searched.
 */
export async function mentionsOf(em: EntityManager, id: string): Promise<string[]> {
  const rows = await em.execute<{ what: string }[]>(
    `with wanted as (select ?::text as id)
     select 'the contact methods of user ' || username as what from users, wanted
       where position(wanted.id in contact_methods::text) > 0 and users.id::text <> wanted.id
     union all select 'the contact methods of team ' || name from teams, wanted
       where position(wanted.id in contact_methods::text) > 0
     union all select 'schedule ' || name from schedules, wanted
       where position(wanted.id in layers::text || overrides::text) > 0
     union all select 'escalation policy ' || p.name || ' version ' || v.version
       from escalation_policies p join escalation_policy_versions v on v.policy_id = p.id, wanted
       where position(wanted.id in v.document::text) > 0
         and (v.version = p.version or exists (
           select 1 from incidents i
           where i.status <> 'RESOLVED' and i.policy_id = v.policy_id and i.policy_version = v.version))
     limit 10`,
    [id],
  );
  return rows.map((row) => row.what);
}

const singular: Readonly<Record<Referable, string>> = {
  users: 'user',
  teams: 'team',
  services: 'service',
  providers: 'provider',
  schedules: 'schedule',
  escalation_policies: 'escalation policy',
  impact_scopes: 'impact scope',
};
