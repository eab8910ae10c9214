import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/vocabulary.ts';
import type { ApiDeps } from '../deps.ts';
import { audienceOf } from '../home/audience.ts';
import { alertsLastDay, deliveriesByProvider, health, incidentsByHour, openIncidents, responseTimes } from '../home/figures.ts';
import { Id, Timestamp } from '../../resources/field-map/shapes.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { SaidRead } from '../said.ts';

const BySeverity = z.object(
  Object.fromEntries(severities.map((severity) => [severity, z.number().int()])) as Record<(typeof severities)[number], z.ZodNumber>,
);
const Spread = z.object({ count: z.number().int(), median_seconds: z.number().nullable(), p90_seconds: z.number().nullable() });
const tags = ['home'];

export const Figures = z
  .object({
    at: Timestamp,
    open: z.object({ total: z.number().int(), triggered: z.number().int(), oldest_at: Timestamp.nullable(), by_severity: BySeverity }),
    incidents_by_hour: z.array(z.object({ hour: Timestamp, by_severity: BySeverity })),
    alerts_last_day: z.object({
      received: z.number().int(),
      repeats: z.number().int(),
      suppressed: z.number().int(),
      rejected: z.number().int(),
    }),
    response: z.object({ days: z.number().int(), acknowledged: Spread, resolved: Spread }),
    deliveries: z.array(
      z.object({
        provider: z.string(),
        type: z.string(),
        sent: z.number().int(),
        failed: z.number().int(),
        skipped: z.number().int(),
        unknown: z.number().int(),
      }),
    ),
    health: z.object({
      postgres_ms: z.number(),
      temporal: z.boolean(),
      outbox: z.object({ waiting: z.number().int(), oldest_seconds: z.number().nullable() }),
      last_alert_at: Timestamp.nullable(),
      intake_lag_seconds: z.number().nullable(),
      overdue: z.number().int(),
    }),
  })
  .openapi('Figures');

const figures = createRoute({
  method: 'get',
  path: '/',
  tags,
  summary: 'Figures of the home page',
  responses: { 200: jsonResponse(Figures, 'As of `at`; kept for some seconds.'), ...problems(401, 503) },
});

export const Surroundings = z
  .object({ demo: z.boolean(), base_url: z.string(), temporal_ui_url: z.string().nullable(), temporal_namespace: z.string() })
  .openapi('Surroundings');

const surroundings = createRoute({
  method: 'get',
  path: '/surroundings',
  tags,
  summary: 'What the pages need to know of this installation',
  responses: { 200: jsonResponse(Surroundings, 'It.'), ...problems(401) },
});

const Recipient = z.object({
  name: z.string(),
  ways: z.array(z.object({ provider: z.string(), address: z.string().nullable(), at_once: z.boolean() })),
  reasons: z.array(SaidRead),
});
export const Audience = z
  .object({
    policy: z.object({ name: z.string(), version: z.number().int() }),
    levels: z.array(z.object({ level: z.number().int(), after_seconds: z.number(), recipients: z.array(Recipient) })),
    repeat: z.number().int(),
    fallback: z.array(Recipient),
    notices: z.array(Recipient),
  })
  .openapi('Audience');

const audience = createRoute({
  method: 'get',
  path: '/audience',
  tags,
  summary: 'Who would be told of an incident that opened now',
  request: {
    query: z.object({
      service: Id,
      severity: z.enum(severities),
      /** Ids, comma-separated. */
      impact_scopes: z
        .string()
        .transform((value) => value.split(',').filter((id) => id !== ''))
        .pipe(z.array(z.uuid()).max(50))
        .openapi({ type: 'string' })
        .optional(),
    }),
  },
  responses: { 200: jsonResponse(Audience, 'Level by level.'), ...problems(401, 404, 422) },
});

/** However many pages are open, the figures are counted once in this time. Milliseconds. */
const keptMs = 3_000;

/** Mounted at /api/v1/home. */
export function createHomeRoutes(deps: ApiDeps) {
  const { config, database } = deps;
  let kept: { readonly untilMs: number; readonly figures: Promise<z.infer<typeof Figures>> } | null = null;

  async function count(): Promise<z.infer<typeof Figures>> {
    const { pool } = database;
    const at = new Date().toISOString();
    const [open, byHour, alerts, response, deliveries, state] = await Promise.all([
      openIncidents(pool),
      incidentsByHour(pool),
      alertsLastDay(pool),
      responseTimes(pool),
      deliveriesByProvider(pool),
      health(pool, () => deps.temporalReachable().catch(() => false)),
    ]);
    return { at, open, incidents_by_hour: byHour, alerts_last_day: alerts, response, deliveries, health: state };
  }

  function current(): Promise<z.infer<typeof Figures>> {
    const nowMs = performance.now();
    if (kept !== null && nowMs < kept.untilMs) return kept.figures;
    const counted = count();
    kept = { untilMs: nowMs + keptMs, figures: counted };
    counted.catch(() => {
      kept = null;
    });
    return counted;
  }

  const router = createRouter();
  router.openapi(figures, async (c) => c.json(await current(), 200));
  router.openapi(surroundings, (c) =>
    c.json(
      { demo: config.demo, base_url: config.baseUrl, temporal_ui_url: config.temporalUiUrl, temporal_namespace: config.temporal.namespace },
      200,
    ),
  );
  router.openapi(audience, async (c) => {
    const { service, severity, impact_scopes } = c.req.valid('query');
    return c.json(await audienceOf(deps, { serviceId: service, severity, impactScopeIds: impact_scopes ?? [], atMs: Date.now() }), 200);
  });
  return router;
}
