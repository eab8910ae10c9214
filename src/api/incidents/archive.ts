import { createRoute, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problem.ts';
import { Timestamp } from '../../resources/field-map/shapes.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { incidentIdOf } from './read.ts';
import { IncidentParam } from './wire.ts';

const tags = ['incidents'];

const ArchivedRunRead = z
  .object({
    run_id: z.uuid(),
    status: z
      .enum(['completed', 'continued_as_new', 'failed', 'timed_out', 'canceled', 'terminated'])
      .openapi({ description: 'How the run ended. A reopened or a long incident has several runs.' }),
    events: z.number().int().openapi({ description: 'How many events the history has.' }),
    started_at: Timestamp,
    closed_at: Timestamp,
    archived_at: Timestamp,
    size_bytes: z.number().int(),
    sequence: z.number().int().openapi({ description: 'Its place in the hash chain of all archived runs.' }),
    hash: z.string().openapi({ description: 'SHA-256 of its link in the chain, which covers everything before it.' }),
    content_hash: z.string().openapi({
      description:
        'SHA-256 of the downloaded JSON, after decompression, unless a person was erased from it since: then the chain’s erasure has the new one.',
    }),
    url: z.string().openapi({ description: 'Where to download the history.' }),
  })
  .openapi('ArchivedRun');

const list = createRoute({
  method: 'get',
  path: '/{id}/archive',
  tags,
  summary: 'List archived workflow histories',
  description:
    'Lists the runs of the incident’s workflow that have ended and been archived, oldest first. An open incident that was never resolved has none yet. Returns 404 if there is no such incident.',
  request: { params: IncidentParam },
  responses: {
    200: jsonResponse(
      z.object({ count: z.number().int(), results: z.array(ArchivedRunRead) }).openapi('ArchivedRunList'),
      'All archived runs of the incident.',
    ),
    ...problems(401, 404),
  },
});

const RunParam = IncidentParam.extend({ run_id: z.uuid('must be a UUID').openapi({ param: { name: 'run_id', in: 'path' } }) });

const download = createRoute({
  method: 'get',
  path: '/{id}/archive/{run_id}',
  tags,
  summary: 'Download a workflow history',
  description:
    'Returns one archived history as gzipped Temporal JSON, for `imas replay` and Temporal’s own tools. Returns 404 if the incident has no archived run with this id.',
  request: { params: RunParam },
  responses: {
    200: {
      description: 'The history, gzipped JSON.',
      content: { 'application/gzip': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(401, 404, 422),
  },
});

interface Row {
  readonly run_id: string;
  readonly status: z.infer<typeof ArchivedRunRead>['status'];
  readonly events: number;
  readonly started_at: Date;
  readonly closed_at: Date;
  readonly archived_at: Date;
  readonly size_bytes: string;
  readonly sequence: string;
  readonly hash: string;
  readonly content_hash: string;
}

export function createIncidentArchive(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();

  router.openapi(list, async (c) => {
    const incidentId = await incidentIdOf(pool, c.req.valid('param').id);
    const { rows } = await pool.query<Row>(
      `select run_id, status, events, started_at, closed_at, archived_at, size_bytes, sequence, hash, content_hash
       from archived_runs where incident_id = $1 order by started_at, sequence`,
      [incidentId],
    );
    const results = rows.map((row) => ({
      run_id: row.run_id,
      status: row.status,
      events: row.events,
      started_at: row.started_at.toISOString(),
      closed_at: row.closed_at.toISOString(),
      archived_at: row.archived_at.toISOString(),
      size_bytes: Number(row.size_bytes),
      sequence: Number(row.sequence),
      hash: row.hash,
      content_hash: row.content_hash,
      url: `${deps.config.baseUrl}/api/v1/incidents/${incidentId}/archive/${row.run_id}/`,
    }));
    return c.json({ count: results.length, results }, 200);
  });

  router.openapi(download, async (c) => {
    const { id, run_id: runId } = c.req.valid('param');
    const incidentId = await incidentIdOf(pool, id);
    const { rows } = await pool.query<{ short_id: string | null; history: Buffer }>(
      'select short_id, history from archived_runs where incident_id = $1 and run_id = $2',
      [incidentId, runId],
    );
    const row = rows[0];
    if (row === undefined) throw notFound('archived run');
    c.header('Content-Type', 'application/gzip');
    c.header('Content-Disposition', `attachment; filename="${row.short_id ?? incidentId}-${runId}.json.gz"`);
    return c.body(new Uint8Array(row.history), 200);
  });

  return router;
}
