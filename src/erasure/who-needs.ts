import type { Pool } from 'pg';
import type { Person } from './person.ts';
import type { Replacer } from './replacer.ts';

export interface Needed {
  /** Configuration that pages them: `schedule Platform on call`. */
  readonly mentions: readonly string[];
  /** Incidents that go on, or ended within the last day, and name them. */
  readonly incidents: readonly { readonly id: string; readonly shortId: string; readonly isOver: boolean }[];
}

interface Row {
  readonly id: string;
  readonly short_id: string;
  readonly is_over: boolean;
  readonly told: unknown;
}

/** Who still needs a person as they are. */
export async function incidentsThatNeed(pool: Pool, { id }: Person, replacer: Replacer): Promise<Needed> {
  const { rows: mentions } = await pool.query<{ what: string }>(
    `select 'schedule ' || name as what from schedules where position($1 in layers::text) > 0
       or exists (select from jsonb_array_elements(overrides) o where o ->> 'user_id' = $1 and (o ->> 'end')::timestamptz > now())
     union all select 'escalation policy ' || p.name from escalation_policies p
       join escalation_policy_versions v on v.policy_id = p.id and v.version = p.version where position($1 in v.document::text) > 0 limit 20`,
    [id],
  );
  const { rows } = await pool.query<Row>(
    `select i.id, i.short_id, i.status = 'RESOLVED' as is_over,
       json_build_array(to_jsonb(i) - 'search' - 'grouping_key',
         (select json_agg(t) from timeline_entries t where t.incident_id = i.id),
         (select json_agg(c) from commands c where c.incident_id = i.id),
         (select json_agg(d) from deliveries d where d.incident_id = i.id)) as told
     from incidents i where i.status <> 'RESOLVED' or i.resolved_at > now() - interval '1 day' order by i.created_at`,
  );
  const named = rows.filter(({ told }) => JSON.stringify(told).includes(id) || replacer.json(told) !== told);
  return {
    mentions: mentions.map(({ what }) => what),
    incidents: named.map((row) => ({ id: row.id, shortId: row.short_id, isOver: row.is_over })),
  };
}

/** Configuration that has a name or an address of theirs in its own texts. People decide what stands there instead. */
export async function configurationThatNames(pool: Pool, { id }: Person, replacer: Replacer): Promise<readonly string[]> {
  const { rows } = await pool.query<{ what: string; row: unknown }>(
    `select 'team ' || name as what, jsonb_build_array(name, description, contact_methods) as row from teams
     union all select 'service ' || name, jsonb_build_array(name, description) from services
     union all select 'impact scope ' || name, jsonb_build_array(name, description, emails) from impact_scopes
     union all select 'schedule ' || name, jsonb_build_array(name, description, layers) from schedules
     union all select 'provider ' || name, jsonb_build_array(name, config) from providers
     union all select 'alert rule ' || name, jsonb_build_array(name, conditions) from alert_rules
     union all select 'alert source ' || name, jsonb_build_array(name) from alert_sources
     union all select 'user ' || username, jsonb_build_array(email, contact_methods) from users where id <> $1
     union all select 'escalation policy ' || p.name, jsonb_build_array(p.name, p.description, v.document)
       from escalation_policies p join escalation_policy_versions v on v.policy_id = p.id and v.version = p.version`,
    [id],
  );
  return [...new Set(rows.filter(({ row }) => replacer.json(row) !== row).map(({ what }) => what))];
}
