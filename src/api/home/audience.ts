import { readDirectory } from '../../people/directory.ts';
import type { PolicyDocument } from '../../domain/escalation-policy.ts';
import type { Plan, PlannedRecipient } from '../../domain/incident/paging.ts';
import { simulate } from '../../domain/simulation.ts';
import type { ImpactScope } from '../../domain/routing/directory.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problem.ts';
import { presentSaid, type SaidWire } from '../said.ts';

export interface AudienceRequest {
  readonly serviceId: string;
  readonly severity: Severity;
  readonly impactScopeIds: readonly string[];
  readonly atMs: number;
}

interface AudienceRow {
  readonly team_id: string | null;
  readonly policy: string;
  readonly version: number;
  readonly document: PolicyDocument;
  readonly scopes: readonly ImpactScope[];
}

/** Who would be told of an incident that opened now and that nobody acknowledged: as it would decide itself. @throws Problem 404 */
export async function audienceOf(deps: ApiDeps, { serviceId, severity, impactScopeIds, atMs }: AudienceRequest) {
  const { pool } = deps.database;
  const { rows } = await pool.query<AudienceRow>(
    `select s.team_id, p.name as policy, v.version, v.document,
       coalesce((select json_agg(json_build_object('name', x.name, 'emails', x.emails, 'phones', x.phones) order by x.name)
         from impact_scopes x where x.id = any($2::uuid[]) and x.is_active), '[]') as scopes
     from services s join escalation_policies p on p.id = s.escalation_policy_id
       join escalation_policy_versions v on v.policy_id = p.id and v.version = p.version
     where s.id = $1`,
    [serviceId, [...impactScopeIds]],
  );
  const row = rows[0];
  if (row === undefined) throw notFound('service');
  const directory = await readDirectory({ pool, registry: deps.registry, secrets: deps.secrets });
  const team = row.team_id === null ? null : (directory.teams.get(row.team_id) ?? null);
  // One round tells all: the others are the same again.
  const document = { ...row.document, repeat: 0 };
  const audience = { team, impactScopes: row.scopes };
  const told = simulate(document, directory, { severity, openedAtMs: atMs, audience });
  const of = (isOf: (plan: Plan) => boolean): Told[] => (told.find(({ plan }) => isOf(plan))?.recipients ?? []).map(presentRecipient);
  const fallback = of((plan) => plan.for === 'fallback');
  return {
    policy: { name: row.policy, version: row.version },
    levels: told.flatMap(({ plan, atMs: dueAtMs, recipients }) =>
      plan.for === 'level'
        ? [{ level: plan.level + 1, after_seconds: (dueAtMs - atMs) / 1000, recipients: recipients.map(presentRecipient) }]
        : [],
    ),
    repeat: row.document.repeat,
    fallback: fallback.length > 0 ? fallback : of((plan) => plan.for === 'last_resort'),
    notices: of((plan) => plan.for === 'event' && plan.event === 'incident.created'),
  };
}

interface Told {
  readonly name: string;
  readonly ways: { readonly provider: string; readonly address: string | null; readonly at_once: boolean }[];
  readonly reasons: SaidWire[];
}

/** The first way is taken even where none is marked for at once. */
function presentRecipient({ name, ways, reasons }: PlannedRecipient): Told {
  const anyAtOnce = ways.some((way) => way.atOnce);
  return {
    name,
    reasons: reasons.map(presentSaid),
    ways: ways.map((way, index) => ({
      provider: way.providerName,
      address: way.place ?? way.address,
      at_once: anyAtOnce ? way.atOnce : index === 0,
    })),
  };
}
