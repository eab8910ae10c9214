import { createRoute, z } from '@hono/zod-openapi';
import { severities } from '../../domain/vocabulary.ts';
import type { ApiDeps } from '../deps.ts';
import { audienceOf } from '../home/audience.ts';
import {
  alertsLastDay,
  deliveriesByProvider,
  handoverWarnings,
  providerWarnings,
  health,
  incidentsByHour,
  openIncidents,
  responseTimes,
  undecidedSources,
} from '../home/figures.ts';
import { Id, RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { dutiesOf } from '../home/own-duty.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { SaidRead } from '../said.ts';

const BySeverity = z.object(
  Object.fromEntries(severities.map((severity) => [severity, z.number().int()])) as Record<(typeof severities)[number], z.ZodNumber>,
);
const Spread = z.object({
  count: z.number().int(),
  median_seconds: z.number().nullable(),
  p90_seconds: z.number().nullable().openapi({ description: 'The 90th percentile.' }),
});
const tags = ['home'];

export const Figures = z
  .object({
    at: Timestamp,
    open: z.object({ total: z.number().int(), triggered: z.number().int(), oldest_at: Timestamp.nullable(), by_severity: BySeverity }),
    incidents_by_hour: z.array(z.object({ hour: Timestamp, by_severity: BySeverity })),
    alerts_last_day: z.object({
      received: z.number().int().openapi({ description: 'Alerts that came in for the first time.' }),
      repeats: z.number().int().openapi({ description: 'The same alerts sent again.' }),
      suppressed: z.number().int().openapi({ description: 'Suppressed by a rule: kept, without an incident.' }),
      rejected: z.number().int().openapi({ description: 'Payloads that could not be read.' }),
    }),
    response: z
      .object({ days: z.number().int(), acknowledged: Spread, resolved: Spread })
      .openapi({ description: 'Time to acknowledge and time to resolve, for incidents opened in the last `days` days.' }),
    deliveries: z.array(
      z.object({
        provider: z.string(),
        type: z.string(),
        sent: z.number().int(),
        failed: z.number().int(),
        skipped: z.number().int(),
        unknown: z.number().int().openapi({ description: 'Being sent, or interrupted with the result unknown.' }),
      }),
    ),
    health: z.object({
      postgres_ms: z.number(),
      temporal: z.boolean().openapi({ description: 'Whether Temporal can be reached.' }),
      outbox: z
        .object({ waiting: z.number().int(), oldest_seconds: z.number().nullable() })
        .openapi({ description: 'Alerts and actions that Temporal has not received yet.' }),
      last_alert_at: Timestamp.nullable(),
      intake_lag_seconds: z.number().nullable().openapi({
        description: 'Median time from opening an incident to the first step of its workflow, last hour.',
      }),
      overdue: z.number().int().openapi({ description: 'Open incidents whose next step is more than a minute late.' }),
      provider_warnings: z
        .array(z.object({ provider: RefRead, reason: SaidRead, cure: SaidRead.nullable() }))
        .openapi({ description: 'Active providers that cannot send, or lack a right, as their system said in the last ten minutes.' }),
      handover_warnings: z
        .array(z.object({ schedule: RefRead, reason: SaidRead, cure: SaidRead.nullable() }))
        .openapi({ description: 'Schedules whose user group or hand-overs the chat does not show, and what to do about it.' }),
      undecided_alert_sources: z.array(RefRead).openapi({
        description:
          'Alert sources that take alerts without a secret, from anybody who can reach them, only because they did before this was a decision: set a secret, or `open`.',
      }),
    }),
  })
  .openapi('Figures');

const figures = createRoute({
  method: 'get',
  path: '/',
  tags,
  summary: 'Retrieve the home page figures',
  description:
    'Returns open incidents by severity, incidents and alerts of the last 24 hours, response times, deliveries by provider, and the health of the system. The figures are counted at most once every 3 seconds.',
  responses: { 200: jsonResponse(Figures, 'The figures, as of `at`.'), ...problems(401, 503) },
});

export const Surroundings = z
  .object({
    demo: z.boolean(),
    base_url: z.string(),
    temporal_ui_url: z.string().nullable(),
    temporal_namespace: z.string(),
    alert_sources: z
      .array(z.object({ type: z.string(), title: z.string() }))
      .openapi({ description: 'The types of alert sources that this version knows.' }),
  })
  .openapi('Surroundings');

const surroundings = createRoute({
  method: 'get',
  path: '/surroundings',
  tags,
  summary: 'Retrieve installation settings',
  description: 'Returns the settings that the web pages need: the public address, where the Temporal UI is, and whether this is a demo.',
  responses: { 200: jsonResponse(Surroundings, 'The settings.'), ...problems(401) },
});

const Recipient = z.object({
  name: z.string(),
  ways: z
    .array(
      z.object({
        provider: z.string(),
        address: z.string().nullable(),
        at_once: z.boolean().openapi({ description: 'Used immediately; the others only when those before them fail.' }),
      }),
    )
    .openapi({ description: 'The contact methods, in order.' }),
  reasons: z.array(SaidRead),
});
export const Audience = z
  .object({
    policy: z.object({ name: z.string(), version: z.number().int() }),
    levels: z.array(
      z.object({
        level: z.number().int(),
        after_seconds: z.number().openapi({ description: 'Seconds after opening.' }),
        recipients: z.array(Recipient),
      }),
    ),
    repeat: z.number().int().openapi({ description: 'How many more rounds there are before the final fallback.' }),
    fallback: z.array(Recipient),
    notices: z.array(Recipient).openapi({ description: 'Told immediately, for information.' }),
  })
  .openapi('Audience');

const audience = createRoute({
  method: 'get',
  path: '/audience',
  tags,
  summary: 'Preview who would be notified',
  description:
    'Returns who would be notified of an incident opened now and acknowledged by nobody, level by level, for example `?service=<id>&severity=SEV1_CRITICAL`. Nothing is sent. Returns 404 if there is no such service.',
  request: {
    query: z.object({
      service: Id,
      severity: z.enum(severities),
      impact_scopes: z
        .string()
        .transform((value) => value.split(',').filter((id) => id !== ''))
        .pipe(z.array(z.uuid()).max(50))
        .openapi({ type: 'string', description: 'Ids of impact scopes, comma-separated.' })
        .optional(),
    }),
  },
  responses: { 200: jsonResponse(Audience, 'The recipients of each level and of the final fallback.'), ...problems(401, 404, 422) },
});

export const Duties = z
  .object({
    results: z.array(
      z.object({ schedule: RefRead, until: Timestamp.nullable().openapi({ description: 'When it ends; null if not within a month.' }) }),
    ),
  })
  .openapi('Duties');

const duties = createRoute({
  method: 'get',
  path: '/on-call',
  tags,
  summary: 'Retrieve your own on-call duty',
  description: 'Returns the schedules in which you are on call right now, and until when. The list is empty if you are not on call.',
  responses: { 200: jsonResponse(Duties, 'Your schedules.'), ...problems(401) },
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
    const [open, byHour, alerts, response, deliveries, state, undecided, handover, providers] = await Promise.all([
      openIncidents(pool),
      incidentsByHour(pool),
      alertsLastDay(pool),
      responseTimes(pool),
      deliveriesByProvider(pool),
      health(pool, () => deps.temporalReachable().catch(() => false)),
      undecidedSources(pool, { registry: deps.registry, isDemo: config.demo }),
      handoverWarnings(pool),
      providerWarnings(pool),
    ]);
    return {
      at,
      open,
      incidents_by_hour: byHour,
      alerts_last_day: alerts,
      response,
      deliveries,
      health: { ...state, provider_warnings: providers, handover_warnings: handover, undecided_alert_sources: undecided },
    };
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
      {
        demo: config.demo,
        base_url: config.baseUrl,
        temporal_ui_url: config.temporalUiUrl,
        temporal_namespace: config.temporal.namespace,
        alert_sources: deps.registry.sources().map(({ id, title }) => ({ type: id, title })),
      },
      200,
    ),
  );
  router.openapi(duties, async (c) => {
    const { userId } = c.get('signedIn');
    return c.json({ results: await dutiesOf(database.pool, userId, Date.now()) }, 200);
  });
  router.openapi(audience, async (c) => {
    const { service, severity, impact_scopes } = c.req.valid('query');
    return c.json(await audienceOf(deps, { serviceId: service, severity, impactScopeIds: impact_scopes ?? [], atMs: Date.now() }), 200);
  });
  return router;
}
