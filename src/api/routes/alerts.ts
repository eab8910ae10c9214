import { createRoute, z } from '@hono/zod-openapi';
import type { Pool } from 'pg';
import { severities } from '../../domain/vocabulary.ts';
import type { ApiDeps } from '../deps.ts';
import { incidentIdOf } from '../incidents/read.ts';
import { conditions, containing, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { notFound } from '../problem.ts';
import { Id, RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { createSharedReads } from '../../db/shared-reads.ts';

const shape = {
  id: z.string().openapi({ example: '10001' }),
  alert_source: RefRead.nullable(),
  source: z.string().openapi({ description: 'The type of the alert source.', example: 'alertmanager' }),
  fingerprint: z.string().openapi({ description: 'Ties the deliveries of one alert together.' }),
  status: z.enum(['firing', 'resolved']),
  name: z.string(),
  summary: z.string(),
  severity: z.enum(severities),
  service: RefRead,
  incident: z.object({ id: z.uuid(), short_id: z.string() }).nullable().openapi({ description: 'Null if a rule suppressed the alert.' }),
  rule: RefRead.nullable(),
  outcome: z.string().openapi({ description: 'What happened when it first came in.', example: 'opened' }),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  links: z.record(z.string(), z.string()),
  starts_at: Timestamp,
  ends_at: Timestamp.nullable(),
  delivery_count: z.number().int().openapi({ description: 'How often it was received.' }),
  first_received_at: Timestamp,
  last_received_at: Timestamp,
};
export const AlertRead = z.object(shape).openapi('Alert');
export const AlertList = listOf(AlertRead, 'AlertList');
export const AlertDetail = z
  .object({
    ...shape,
    deliveries: z
      .array(z.object({ id: z.string(), status: z.enum(['firing', 'resolved']), received_at: Timestamp, payload: z.unknown() }))
      .openapi({ description: 'The latest 50, each with the payload as it was received.' }),
  })
  .openapi('AlertDetail');

const query = z.object({
  ...listQuery,
  source: z.string().max(60).optional().openapi({ description: 'The type of the alert source.', example: 'alertmanager' }),
  status: z.enum(['firing', 'resolved']).optional(),
  severity: z.enum(severities).optional(),
  service: Id.optional(),
  incident: z.string().max(40).optional().openapi({ description: 'The UUID or the short id of an incident.', example: 'INC-A1B2C3' }),
  outcome: z.string().max(40).optional().openapi({ description: 'What happened when the alert first came in.', example: 'suppressed' }),
});

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['alerts'],
  summary: 'List alerts',
  description:
    'Lists alerts, newest first. `search` looks in name, summary and fingerprint. For example, `?status=firing&severity=SEV1_CRITICAL` lists the critical alerts that still fire. With `search` or a filter other than `incident`, each page covers 20000 alerts: it may be short or even empty while `next` leads on, and `count` covers the newest 20000. Otherwise `count` is exact up to 10000; 10000 means that many or more.',
  request: { query },
  responses: { 200: jsonResponse(AlertList, 'A page of alerts.'), ...problems(401, 404, 422) },
});

const read = createRoute({
  method: 'get',
  path: '/{id}',
  tags: ['alerts'],
  summary: 'Retrieve an alert',
  description: 'Returns an alert with its latest 50 deliveries and their payloads as received. Returns 404 if there is no such alert.',
  request: {
    params: z.object({
      id: z
        .string()
        .regex(/^\d{1,18}$/, 'must be a number')
        .openapi({ param: { name: 'id', in: 'path' } }),
    }),
  },
  responses: { 200: jsonResponse(AlertDetail, 'The alert with its deliveries.'), ...problems(401, 404) },
});

interface AlertRow {
  readonly id: string;
  readonly integration_id: string;
  readonly source: z.infer<typeof AlertRead>['source'];
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly summary: string;
  readonly severity: z.infer<typeof AlertRead>['severity'];
  readonly service_id: string;
  readonly incident_id: string | null;
  readonly rule_id: string | null;
  readonly outcome: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly links: Record<string, string>;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly deliveries: number;
  readonly first_received_at: Date;
  readonly last_received_at: Date;
}

/** One page of alerts; also what `incidents/<id>/alerts/` shows. */
export async function listAlerts(pool: Pool, q: Omit<z.infer<typeof query>, 'incident'> & { readonly incidentId?: string | undefined }) {
  const where = conditions();
  where.add('incident_id = ?', q.incidentId);
  where.add('source = ?', q.source);
  where.add('status = ?', q.status);
  where.add('severity = ?', q.severity);
  where.add('service_id = ?', q.service);
  where.add('outcome = ?', q.outcome);
  where.add('(name ilike ? or summary ilike ? or fingerprint ilike ?)', containing(q.search));
  const list = await readKeyset<AlertRow>(pool, {
    columns: '*',
    from: 'alerts',
    conditions: where,
    order: { by: 'first_received_at', type: 'timestamptz', descending: true },
    id: { column: 'id', type: 'bigint' },
    cursor: q.cursor,
    limit: q.limit,
    window: q.incidentId === undefined && where.texts.length > 0 ? 20_000 : undefined,
  });
  return { ...list, rows: await present(pool, list.rows) };
}

/** Mounted at /api/v1/alerts. */
export function createAlertRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  const shared = createSharedReads();

  router.openapi(list, async (c) => {
    const { incident, ...q } = c.req.valid('query');
    const list = await shared(JSON.stringify([incident, q]), async () =>
      listAlerts(pool, { ...q, incidentId: incident === undefined ? undefined : await incidentIdOf(pool, incident) }),
    );
    return c.json(listAnswer(c, deps.config, list, list.rows), 200);
  });

  router.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    const { rows } = await pool.query<AlertRow>('select * from alerts where id = $1', [id]);
    const [alert] = await present(pool, rows);
    if (alert === undefined) throw notFound('alert');
    const { rows: deliveries } = await pool.query<{ id: string; status: 'firing' | 'resolved'; received_at: Date; payload: unknown }>(
      'select id::text, status, received_at, payload from alert_deliveries where alert_id = $1 order by received_at desc, id limit 50',
      [id],
    );
    return c.json(
      { ...alert, deliveries: deliveries.map((delivery) => ({ ...delivery, received_at: delivery.received_at.toISOString() })) },
      200,
    );
  });

  return router;
}

async function present(pool: Pool, rows: readonly AlertRow[]): Promise<z.infer<typeof AlertRead>[]> {
  const ids = (pick: (row: AlertRow) => string | null): (string | null)[] => [...new Set(rows.map(pick))];
  const named = async (table: 'services' | 'alert_sources' | 'alert_rules' | 'incidents', wanted: (string | null)[]) => {
    const name = table === 'incidents' ? 'short_id' : 'name';
    const found = await pool.query<{ id: string; name: string }>(`select id, ${name} as name from ${table} where id = any($1::uuid[])`, [
      wanted,
    ]);
    return new Map(found.rows.map((row) => [row.id, row]));
  };
  const [services, alertSources, rules, incidents] = await Promise.all([
    named(
      'services',
      ids((row) => row.service_id),
    ),
    named(
      'alert_sources',
      ids((row) => row.integration_id),
    ),
    named(
      'alert_rules',
      ids((row) => row.rule_id),
    ),
    named(
      'incidents',
      ids((row) => row.incident_id),
    ),
  ]);
  return rows.map((row) => {
    const incident = row.incident_id === null ? undefined : incidents.get(row.incident_id);
    return {
      id: row.id,
      alert_source: alertSources.get(row.integration_id) ?? null,
      source: row.source,
      fingerprint: row.fingerprint,
      status: row.status,
      name: row.name,
      summary: row.summary,
      severity: row.severity,
      service: services.get(row.service_id) ?? { id: row.service_id, name: '' },
      incident: incident === undefined ? null : { id: incident.id, short_id: incident.name },
      rule: row.rule_id === null ? null : (rules.get(row.rule_id) ?? null),
      outcome: row.outcome,
      labels: row.labels,
      annotations: row.annotations,
      links: row.links,
      starts_at: row.starts_at.toISOString(),
      ends_at: row.ends_at?.toISOString() ?? null,
      delivery_count: row.deliveries,
      first_received_at: row.first_received_at.toISOString(),
      last_received_at: row.last_received_at.toISOString(),
    };
  });
}
