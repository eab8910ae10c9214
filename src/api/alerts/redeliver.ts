import { createRoute, z } from '@hono/zod-openapi';
import type { Pool } from 'pg';
import { IntakeUnavailable } from '../../intake/intake.ts';
import { type Redelivered, redeliverAlert } from '../../intake/redeliver/alert.ts';
import { NotRedelivered } from '../../intake/redeliver/not-redelivered.ts';
import { redeliverRejected } from '../../intake/redeliver/rejected.ts';
import { createRedelivery } from '../../intake/redeliver/source.ts';
import type { ApiDeps } from '../deps.ts';
import { actorOf } from '../incidents/actor.ts';
import { invalid, notFound, Problem } from '../problem.ts';
import { RefRead } from '../../resources/field-map/shapes.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const IncidentRef = z.object({ id: z.uuid(), short_id: z.string() }).nullable();

export const Redelivery = z
  .object({
    alerts: z.array(
      z.object({
        /** As at a first delivery; `unchanged`: the rules lead where it is already; `ended`: it is over, so nobody is told. */
        outcome: z.enum(['opened', 'attached', 'reopened', 'resolved', 'repeated', 'stale', 'suppressed', 'known', 'unchanged', 'ended']),
        summary: z.string(),
        /** Where today's rules lead it. */
        service: RefRead,
        rule: RefRead.nullable(),
        incident: IncidentRef,
        /** Where it was. */
        before: z.object({ service: RefRead, incident: IncidentRef }).nullable(),
      }),
    ),
  })
  .openapi('Redelivery');

const params = z.object({
  id: z
    .string()
    .regex(/^\d{1,18}$/, 'must be a number')
    .openapi({ param: { name: 'id', in: 'path' } }),
});
const shared = {
  method: 'post',
  path: '/{id}/redeliver',
  request: { params },
  responses: { 200: jsonResponse(Redelivery, 'What became of it.'), ...problems(401, 403, 404, 409, 422, 503) },
} as const;

const alert = createRoute({
  ...shared,
  tags: ['alerts'],
  summary: 'Deliver an alert again, by today’s rules',
  description:
    'For an alert that a rule would handle otherwise today, or whose incident is resolved while it still fires. It leaves the incident it was in and is taken in as if it came for the first time. What is over, or would go where it is already, is left alone.',
});
const rejected = createRoute({
  ...shared,
  tags: ['rejected-payloads'],
  summary: 'Deliver a payload that was not understood again',
  description: 'Understood now, it leaves the list. Needs no secret of the source.',
});

/** Mounted at /api/v1/alerts, beside the list. */
export function createAlertRedelivery(deps: ApiDeps) {
  const redelivery = createRedelivery(deps);
  return createRouter().openapi(alert, async (c) => {
    const by = actorOf(c.get('signedIn'));
    const result = await redeliverAlert(deps, redelivery, c.req.valid('param').id, by).catch(refusalOf('alert'));
    return c.json({ alerts: await present(deps.database.pool, [result]) }, 200);
  });
}

/** Mounted at /api/v1/rejected-payloads, beside the list. */
export function createRejectedRedelivery(deps: ApiDeps) {
  const redelivery = createRedelivery(deps);
  return createRouter().openapi(rejected, async (c) => {
    const results = await redeliverRejected(deps, redelivery, c.req.valid('param').id).catch(refusalOf('rejected payload'));
    return c.json({ alerts: await present(deps.database.pool, results) }, 200);
  });
}

/** @throws Problem 404, 409, 422, 503 */
const refusalOf =
  (what: string) =>
  (error: unknown): never => {
    if (error instanceof IntakeUnavailable)
      throw new Problem(503, error.message, { headers: { 'Retry-After': String(error.retryAfterSeconds) } });
    if (!(error instanceof NotRedelivered)) throw error;
    if (error.problem !== null) throw invalid([error.problem]);
    throw error.kind === 'gone' ? notFound(what) : new Problem(409, error.message);
  };

async function present(pool: Pool, results: readonly Redelivered[]): Promise<z.infer<typeof Redelivery>['alerts']> {
  const named = async (table: 'services' | 'alert_rules' | 'incidents', ids: (string | null | undefined)[]) => {
    const name = table === 'incidents' ? 'short_id' : 'name';
    const { rows } = await pool.query<{ id: string; name: string }>(`select id, ${name} as name from ${table} where id = any($1::uuid[])`, [
      [...new Set(ids.filter((id) => id != null))],
    ]);
    return new Map(rows.map((row) => [row.id, row]));
  };
  const [services, rules, incidents] = await Promise.all([
    named(
      'services',
      results.flatMap((result) => [result.serviceId, result.before?.serviceId]),
    ),
    named(
      'alert_rules',
      results.map((result) => result.ruleId),
    ),
    named(
      'incidents',
      results.flatMap((result) => [result.incidentId, result.before?.incidentId]),
    ),
  ]);
  const service = (id: string) => services.get(id) ?? { id, name: '' };
  const incident = (id: string | null) => {
    const found = id === null ? undefined : incidents.get(id);
    return found === undefined ? null : { id: found.id, short_id: found.name };
  };
  return results.map(({ outcome, summary, serviceId, ruleId, incidentId, before }) => ({
    outcome,
    summary,
    service: service(serviceId),
    rule: ruleId === null ? null : (rules.get(ruleId) ?? null),
    incident: incident(incidentId),
    before: before === null ? null : { service: service(before.serviceId), incident: incident(before.incidentId) },
  }));
}
