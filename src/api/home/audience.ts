import type { Plan, PlannedRecipient } from '../../domain/incident/paging.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import { simulateOpening } from '../../people/simulated-opening.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problem.ts';
import { presentSaid, type SaidWire } from '../said.ts';

export interface AudienceRequest {
  readonly serviceId: string;
  readonly severity: Severity;
  readonly impactScopeIds: readonly string[];
  readonly atMs: number;
}

/** Who would be told of an incident that opened now and that nobody acknowledged: as it would decide itself. @throws Problem 404 */
export async function audienceOf(deps: ApiDeps, { serviceId, severity, impactScopeIds, atMs }: AudienceRequest) {
  const { pool } = deps.database;
  // One round tells all: the others are the same again.
  const request = { service: serviceId, severity, impactScopes: impactScopeIds, atMs, allRounds: false };
  const { opening } = await simulateOpening({ pool, registry: deps.registry, secrets: deps.secrets }, request);
  if (opening === null) throw notFound('service');
  const { told, policy } = opening;
  const of = (isOf: (plan: Plan) => boolean): Told[] => (told.find(({ plan }) => isOf(plan))?.recipients ?? []).map(presentRecipient);
  const fallback = of((plan) => plan.for === 'fallback');
  return {
    policy: { name: policy.name, version: policy.version },
    levels: told.flatMap(({ plan, atMs: dueAtMs, recipients }) =>
      plan.for === 'level'
        ? [{ level: plan.level + 1, after_seconds: (dueAtMs - atMs) / 1000, recipients: recipients.map(presentRecipient) }]
        : [],
    ),
    repeat: policy.document.repeat,
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
