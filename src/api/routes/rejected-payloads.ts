import { createRoute, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { conditions, containing, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { notFound } from '../problem.ts';
import { Timestamp } from '../../resources/field-map/shapes.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const shape = {
  id: z.string(),
  source: z.string().openapi({ description: 'The type of the alert source.', example: 'generic' }),
  reason: z.string().openapi({ description: 'Why it could not be read.' }),
  field: z.string().nullable().openapi({ description: 'Where in the body.', example: 'alerts[2].status' }),
  content_type: z.string().nullable(),
  size: z.number().int().openapi({ description: 'In bytes.' }),
  count: z.number().int().openapi({ description: 'How often the same body was received.' }),
  first_received_at: Timestamp,
  last_received_at: Timestamp,
};
export const RejectedPayloadRead = z.object(shape).openapi('RejectedPayload');
export const RejectedPayloadDetail = z
  .object({
    ...shape,
    body: z.string().openapi({ description: 'The first 64 KiB, as text.' }),
  })
  .openapi('RejectedPayloadDetail');

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['rejected-payloads'],
  summary: 'List rejected payloads',
  description:
    'Lists webhook payloads that could not be read, most recent first, each with the reason. `search` looks in reason and field; `?source=generic` lists those of one type of alert source.',
  request: { query: z.object({ ...listQuery, source: z.string().max(100).optional() }) },
  responses: {
    200: jsonResponse(listOf(RejectedPayloadRead, 'RejectedPayloadList'), 'A page of rejected payloads.'),
    ...problems(401, 422),
  },
});
const read = createRoute({
  method: 'get',
  path: '/{id}',
  tags: ['rejected-payloads'],
  summary: 'Retrieve a rejected payload',
  description:
    'Returns a rejected payload with the beginning of its body. Returns 404 if there is none with this id, for example because it was redelivered.',
  request: {
    params: z.object({
      id: z
        .string()
        .regex(/^\d{1,18}$/, 'must be a number')
        .openapi({ param: { name: 'id', in: 'path' } }),
    }),
  },
  responses: { 200: jsonResponse(RejectedPayloadDetail, 'The rejected payload with its body.'), ...problems(401, 404) },
});

const dismiss = createRoute({
  method: 'delete',
  path: '/{id}',
  tags: ['rejected-payloads'],
  summary: 'Dismiss a rejected payload',
  description:
    'Deletes a rejected payload, for example once its sender is corrected. If the same payload is received again, it is listed again. Staff only. Returns 404 if there is none with this id.',
  request: { params: read.request.params },
  responses: { 204: { description: 'It is deleted.' }, ...problems(401, 403, 404) },
});

const columns = `id::text, source, reason, field, content_type, length(body) as size, count, first_received_at, last_received_at`;

interface Row {
  readonly id: string;
  readonly source: string;
  readonly reason: string;
  readonly field: string | null;
  readonly content_type: string | null;
  readonly size: number;
  readonly count: number;
  readonly first_received_at: Date;
  readonly last_received_at: Date;
}

const present = (row: Row): z.infer<typeof RejectedPayloadRead> => ({
  id: row.id,
  source: row.source,
  reason: row.reason,
  field: row.field,
  content_type: row.content_type,
  size: row.size,
  count: row.count,
  first_received_at: row.first_received_at.toISOString(),
  last_received_at: row.last_received_at.toISOString(),
});

/** Mounted at /api/v1/rejected-payloads. */
export function createRejectedPayloadRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  router.openapi(list, async (c) => {
    const q = c.req.valid('query');
    const where = conditions();
    where.add('source = ?', q.source);
    where.add('(reason ilike ? or field ilike ?)', containing(q.search));
    const list = await readKeyset<Row>(pool, {
      columns,
      from: 'rejected_payloads',
      conditions: where,
      order: { by: 'last_received_at', type: 'timestamptz', descending: true },
      id: { column: 'rejected_payloads.id', type: 'bigint' },
      cursor: q.cursor,
      limit: q.limit,
    });
    return c.json(listAnswer(c, deps.config, list, list.rows.map(present)), 200);
  });
  router.openapi(read, async (c) => {
    const { rows } = await pool.query<Row & { body: Buffer }>(
      `select ${columns}, substring(body from 1 for 65536) as body from rejected_payloads where id = $1`,
      [c.req.valid('param').id],
    );
    const row = rows[0];
    if (row === undefined) throw notFound('rejected payload');
    return c.json({ ...present(row), body: row.body.toString('utf8') }, 200);
  });
  router.openapi(dismiss, async (c) => {
    const { rowCount } = await pool.query('delete from rejected_payloads where id = $1', [c.req.valid('param').id]);
    if (rowCount === 0) throw notFound('rejected payload');
    return c.body(null, 204);
  });
  return router;
}
