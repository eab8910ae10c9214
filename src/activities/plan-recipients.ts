import type { Pool } from 'pg';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Audience, Directory } from '../domain/routing/directory.ts';
import { takenOf } from '../domain/routing/followers.ts';
import { missedBy, whomToTell } from '../domain/routing/whom-to-tell.ts';
import type { Plan, PlannedRecipient } from '../domain/incident/paging.ts';
import type { ActivityDeps } from './deps.ts';
import { createSharedReads } from '../db/shared-reads.ts';
import { proven } from './page-proof.ts';
import { readDirectory } from '../people/directory.ts';

export interface PlanRequest {
  readonly state: IncidentState;
  readonly plans: readonly Plan[];
  readonly atMs: number;
}

/** Says whom each plan goes to, in the order of the plans; last those whom nothing leads to. In a storm, incidents share their looks into the directory. */
export function createPlanRecipients({
  database: { pool },
  registry,
  secrets,
}: ActivityDeps): (request: PlanRequest) => Promise<readonly (readonly PlannedRecipient[])[]> {
  const shared = createSharedReads();
  return async ({ state, plans, atMs }) => {
    const directory = await shared('directory', () => readDirectory({ pool, registry, secrets }));
    const told = state.pages.filter((page) => page.outcome === 'sent');
    const { incidentId } = state;
    const audience = { ...(await readAudience(pool, incidentId, directory)), told, taken: takenOf(state) };
    return plans.map((plan) => [
      ...proven(whomToTell(plan, state, atMs, directory, audience), { incidentId, plan, secrets }),
      ...missedBy(plan, state, atMs, directory, audience),
    ]);
  };
}

async function readAudience(pool: Pool, incidentId: string, directory: Directory): Promise<Audience> {
  const { rows } = await pool.query<{ team_id: string | null; scopes: Audience['impactScopes'] }>({
    name: 'audience',
    text: `select i.team_id, coalesce((
        select json_agg(json_build_object('id', s.id, 'name', s.name, 'emails', s.emails, 'phones', s.phones) order by s.name)
        from impact_scopes s where s.id = any(i.impact_scope_ids) and s.is_active
      ), '[]') as scopes from incidents i where i.id = $1`,
    values: [incidentId],
  });
  const row = rows[0];
  const team = row?.team_id == null ? null : (directory.teams.get(row.team_id) ?? null);
  return { team, impactScopes: row?.scopes ?? [] };
}
