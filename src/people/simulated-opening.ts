import { withoutOwner, type PolicyDocument } from '../domain/escalation-policy.ts';
import type { FieldError } from '../domain/field-path.ts';
import type { Audience, ImpactScope } from '../domain/routing/directory.ts';
import { simulate, type Told } from '../domain/simulation.ts';
import type { Severity } from '../domain/vocabulary.ts';
import { readDirectory } from './directory.ts';

export interface OpeningRequest {
  /** An id, or a name in any case. */
  readonly service: string;
  readonly severity: Severity;
  /** Ids, or names in any case. */
  readonly impactScopes: readonly string[];
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Whether every round of the policy is gone through; else one stands for all. */
  readonly allRounds: boolean;
}

/** An incident that opens then and that nobody acknowledges: as it would decide itself, by today's configuration. */
export interface Opening {
  readonly service: { readonly id: string; readonly name: string };
  readonly audience: Audience;
  readonly policy: { readonly name: string; readonly version: number; readonly document: PolicyDocument };
  readonly told: readonly Told[];
}

interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly team_id: string | null;
  readonly policy: string;
  readonly version: number;
  readonly document: PolicyDocument;
}

/** With what was asked for and is not there, as fields `service` and `impact_scopes[1]`; null without the service. Nothing is written and nothing sent. */
export async function simulateOpening(
  { pool, registry, secrets }: Parameters<typeof readDirectory>[0],
  { service, severity, impactScopes, atMs, allRounds }: OpeningRequest,
): Promise<{ readonly opening: Opening | null; readonly errors: readonly FieldError[] }> {
  const [services, scopes, directory] = await Promise.all([
    pool.query<ServiceRow>(
      `select s.id, s.name, s.team_id, p.name as policy, v.version, v.document
       from services s join escalation_policies p on p.id = s.escalation_policy_id
         join escalation_policy_versions v on v.policy_id = p.id and v.version = p.version
       where s.id::text = lower($1) or lower(s.name) = lower($1) order by s.id::text = lower($1) desc limit 1`,
      [service],
    ),
    pool.query<ImpactScope & { readonly id: string }>(
      `select id, name, emails, phones from impact_scopes where is_active and (id::text = any($1) or lower(name) = any($1)) order by name`,
      [impactScopes.map((one) => one.toLowerCase())],
    ),
    readDirectory({ pool, registry, secrets }),
  ]);
  const row = services.rows[0];
  const isKnown = (given: string): boolean =>
    scopes.rows.some(({ id, name }) => id === given.toLowerCase() || name.toLowerCase() === given.toLowerCase());
  const errors: FieldError[] = [
    ...(row === undefined ? [{ field: 'service', reason: `there is no service "${service}"` }] : []),
    ...impactScopes.flatMap((given, index) =>
      isKnown(given) ? [] : [{ field: `impact_scopes[${index}]`, reason: `there is no active impact scope "${given}"` }],
    ),
  ];
  if (row === undefined) return { opening: null, errors };
  const team = row.team_id === null ? null : (directory.teams.get(row.team_id) ?? null);
  const document = team === null ? withoutOwner(row.document) : row.document;
  const audience = { team, impactScopes: scopes.rows };
  const told = simulate(allRounds ? document : { ...document, repeat: 0 }, directory, { severity, openedAtMs: atMs, audience });
  const { id, name, policy, version } = row;
  return { opening: { service: { id, name }, audience, policy: { name: policy, version, document }, told }, errors };
}
