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
        outcome: z
          .enum(['opened', 'attached', 'reopened', 'resolved', 'repeated', 'stale', 'suppressed', 'known', 'unchanged', 'ended'])
          .openapi({
            description:
              '`unchanged`: the current rules route it to the same place. `ended`: it is resolved, so nobody is notified. Otherwise as for a first delivery.',
          }),
        summary: z.string(),
        service: RefRead,
        rule: RefRead.nullable(),
        incident: IncidentRef,
        before: z.object({ service: RefRead, incident: IncidentRef }).nullable().openapi({ description: 'Where the alert was before.' }),
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
  responses: { 200: jsonResponse(Redelivery, 'What happened to each alert.'), ...problems(401, 403, 404, 409, 422, 503) },
} as const;

const alert = createRoute({
  ...shared,
  tags: ['alerts'],
  summary: 'Redeliver an alert',
  description:
    'Processes an alert again with the current rules, for example after you changed one, or when its incident was resolved while it still fires. It leaves its incident and is handled as if it came in for the first time; an alert that is resolved, or that would go to the same place, stays as it is. Staff only. Returns 404 if there is no such alert, 409 if its payload is no longer kept or it has just changed, and 503 if it cannot be stored now.',
});
const rejected = createRoute({
  ...shared,
  tags: ['rejected-payloads'],
  summary: 'Redeliver a rejected payload',
  description:
    'Reads a rejected payload again, for example after an upgrade. If it can be read now, its alerts are processed and it leaves the list; the secret of the source is not needed. Staff only. Returns 404 if there is none with this id, 409 if only its beginning was kept or no alert source of its type is active, 422 if it still cannot be read, and 503 if it cannot be stored now.',
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
