import { createRoute, z } from '@hono/zod-openapi';
import type { Pool } from 'pg';
import { createSharedReads } from '../../db/shared-reads.ts';
import { storedSaid, type StoredSaid } from '../../db/stored-said.ts';
import { asSaid, type Said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { ApiDeps } from '../deps.ts';
import { conditions, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { presentSaid } from '../said.ts';
import { incidentIdOf } from './read.ts';
import { IncidentParam, TimelineEntryRead } from './wire.ts';

const TimelineQuery = z.object({
  ...listQuery,
  type: z
    .string()
    .max(500)
    .optional()
    .openapi({ description: 'One or more entry types, comma-separated.', example: 'ALERT_SENT,COMMENT_ADDED' }),
  ordering: z.enum(['sequence', '-sequence']).default('sequence'),
});

const timeline = createRoute({
  method: 'get',
  path: '/{id}/timeline',
  tags: ['incidents'],
  summary: 'List timeline entries',
  description:
    'Lists what happened to the incident, oldest first; `ordering=-sequence` reverses the order. `search` looks in the English messages. For example, `?type=COMMENT_ADDED` lists only the comments.',
  request: { params: IncidentParam, query: TimelineQuery },
  responses: {
    200: jsonResponse(listOf(TimelineEntryRead, 'TimelineEntryList'), 'A page of timeline entries.'),
    ...problems(401, 404, 422),
  },
});

interface TimelineRow extends StoredSaid {
  readonly sequence: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly actor: z.infer<typeof TimelineEntryRead>['actor'];
  readonly data: Readonly<Record<string, unknown>>;
}

export function createIncidentTimeline(deps: ApiDeps) {
  const { pool } = deps.database;
  const shared = createSharedReads();
  return createRouter().openapi(timeline, async (c) => {
    const q = c.req.valid('query');
    const { id } = c.req.valid('param');
    const list = await shared(`timeline ${id} ${JSON.stringify(q)}`, async () => readTimeline(pool, await incidentIdOf(pool, id), q));
    return c.json(listAnswer(c, deps.config, list, list.rows.map(presentEntry)), 200);
  });
}

async function readTimeline(pool: Pool, incidentId: string, q: z.infer<typeof TimelineQuery>) {
  const where = conditions();
  where.add('incident_id = ?', incidentId);
  where.add('type = any(?::text[])', q.type?.split(','));
  const searched = q.search?.trim().toLowerCase() ?? '';
  if (searched !== '') where.add('sequence = any(?::integer[])', await sequencesSaying(pool, incidentId, searched));
  return readKeyset<TimelineRow>(pool, {
    columns: 'sequence, timestamp, type, said, message, actor, data',
    from: 'timeline_entries',
    conditions: where,
    order: { by: 'sequence', type: 'integer', descending: q.ordering.startsWith('-') },
    id: { column: 'sequence', type: 'integer' },
    cursor: q.cursor,
    limit: q.limit,
  });
}

/** The words are in no table: whoever searches for some has the incident's entries read. */
async function sequencesSaying(pool: Pool, incidentId: string, searched: string): Promise<number[]> {
  const { rows } = await pool.query<StoredSaid & { sequence: number }>(
    'select sequence, said, message from timeline_entries where incident_id = $1',
    [incidentId],
  );
  return rows
    .filter((row) =>
      words(asSaid(storedSaid(row)))
        .toLowerCase()
        .includes(searched),
    )
    .map(({ sequence }) => sequence);
}

function presentEntry(row: TimelineRow): z.infer<typeof TimelineEntryRead> {
  const { sequence, timestamp, type, actor, data } = row;
  const what = storedSaid(row);
  const { code, values, message } = typeof what === 'string' ? { code: null, values: {}, message: what } : presentSaid(what);
  return { sequence, timestamp: timestamp.toISOString(), type, message, code, values, actor, data: presentData(data) };
}

/** Why something was or was not sent is said too; entries of the versions before have it as texts. */
function presentData(data: TimelineRow['data']): Record<string, unknown> {
  const { reason, reasons, cure, ...rest } = data as { reason?: Said | string; reasons?: readonly (Said | string)[]; cure?: Said };
  return {
    ...rest,
    ...(reason !== undefined && { reason: presentSaid(reason) }),
    ...(reasons !== undefined && { reasons: reasons.map(presentSaid) }),
    ...(cure !== undefined && { cure: presentSaid(cure) }),
  };
}
