import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/vocabulary.ts';
import { simulateOpening } from '../../people/simulated-opening.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problem.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { presentRoute, RouteRead } from '../simulations/route-wire.ts';

const mostScopes = 50;

const route = createRoute({
  method: 'get',
  path: '/route',
  tags: ['simulations'],
  summary: 'Simulate the route of an incident',
  description:
    'Returns who would be told, when, by which provider and why, if an incident of this service and severity opened at that moment and nobody acknowledged it, for example `?service=checkout&severity=SEV1_CRITICAL&at=2026-11-28T03:00:00Z`. By today’s configuration; nothing is sent or stored.',
  request: {
    query: z.object({
      service: z.string().trim().min(1).max(200).openapi({ description: 'The id or name of a service.' }),
      severity: z.enum(severities),
      at: z.iso
        .datetime({ offset: true, error: 'must be an RFC 3339 time' })
        .optional()
        .openapi({ description: 'When the incident opens, RFC 3339; now if left out.' }),
      impact_scopes: z
        .string()
        .transform((value) =>
          value
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
        )
        .pipe(z.array(z.string().max(200)).max(mostScopes))
        .openapi({ type: 'string', description: 'Ids or names of active impact scopes, comma-separated.' })
        .optional(),
    }),
  },
  responses: { 200: jsonResponse(RouteRead, 'The route, step by step.'), ...problems(401, 422) },
});

/** Mounted at /api/v1/simulations. */
export function createSimulationRoutes({ database: { pool }, registry, secrets }: ApiDeps) {
  return createRouter().openapi(route, async (c) => {
    const { service, severity, at, impact_scopes: impactScopes = [] } = c.req.valid('query');
    const atMs = at === undefined ? Date.now() : Date.parse(at);
    const request = { service, severity, impactScopes, atMs, allRounds: true };
    const { opening, errors } = await simulateOpening({ pool, registry, secrets }, request);
    if (opening === null || errors.length > 0) throw invalid(errors);
    return c.json(presentRoute(opening, severity, atMs), 200);
  });
}
