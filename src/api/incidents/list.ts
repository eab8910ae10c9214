import { createRoute, z } from '@hono/zod-openapi';
import type { Pool } from 'pg';
import { incidentStatuses, severities } from '../../domain/vocabulary.ts';
import type { ApiDeps } from '../deps.ts';
import { conditions, readKeyset, type Conditions } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { Id } from '../../resources/field-map/shapes.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { createSharedReads } from '../../db/shared-reads.ts';
import { prefixQuery } from './prefix-query.ts';
import { incidentColumns, incidentJoins, type IncidentRow, isShortId, presentIncidents } from './read.ts';
import { IncidentRead } from './wire.ts';

/** `?status=TRIGGERED,ACKNOWLEDGED`: any of these. */
const anyOf = <const T extends readonly string[]>(words: T) =>
  z
    .string()
    .transform((value) => value.split(','))
    .pipe(z.array(z.enum(words)))
    .openapi({ type: 'string', description: 'One or more, comma-separated.', example: words.slice(0, 2).join(',') });

const query = z.object({
  ...listQuery,
  ordering: z.enum(['-created_at', 'created_at', 'severity', '-severity', 'urgency']).default('-created_at').openapi({
    description: '`urgency`: not acknowledged before acknowledged before resolved, then most severe first, then oldest first.',
  }),
  status: anyOf(incidentStatuses).optional(),
  severity: anyOf(severities).optional(),
  service: Id.optional(),
  team: Id.optional(),
  assignee: z
    .union([Id, z.literal('me')])
    .optional()
    .openapi({ description: 'The id of a user, or `me`.' }),
  involves: z
    .union([Id, z.literal('me')])
    .optional()
    .openapi({ description: 'The id of a user, or `me`: incidents that are assigned to this user, or of which they were notified.' }),
  impact_scope: Id.optional(),
  origin: z.enum(['alert', 'person']).optional().openapi({ description: 'Opened by monitoring or by a person.' }),
  created_after: z.iso.datetime({ offset: true }).optional(),
  created_before: z.iso.datetime({ offset: true }).optional(),
});

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['incidents'],
  summary: 'List incidents',
  description:
    'Lists incidents, newest first unless `ordering` says otherwise. `search` matches the beginnings of words in the title, or a short id. `count` is exact up to 10000; 10000 means that many or more. For example, `?status=TRIGGERED,ACKNOWLEDGED&assignee=me&ordering=urgency` lists your open incidents, most urgent first.',
  request: { query },
  responses: { 200: jsonResponse(listOf(IncidentRead, 'IncidentList'), 'A page of incidents.'), ...problems(401, 422) },
});

export function createIncidentList(deps: ApiDeps) {
  const { pool } = deps.database;
  const shared = createSharedReads();
  return createRouter().openapi(list, async (c) => {
    const asked = c.req.valid('query');
    const own = (id: string | undefined): string | undefined => (id === 'me' ? c.get('signedIn').userId : id);
    const q = { ...asked, assignee: own(asked.assignee), involves: own(asked.involves) };
    const list = await shared(JSON.stringify(q), () => listIncidents(pool, q, deps.config.baseUrl));
    return c.json(listAnswer(c, deps.config, list, list.rows), 200);
  });
}

async function listIncidents(pool: Pool, q: z.infer<typeof query>, baseUrl: string) {
  const where = conditions();
  addAnyOf(where, 'i.status', q.status);
  addAnyOf(where, 'i.severity', q.severity);
  where.add('i.service_id = ?', q.service);
  where.add('i.team_id = ?', q.team);
  where.add('i.assignee_id = ?', q.assignee);
  where.add(
    `i.id in (
      select id from incidents where assignee_id = ?
      union select incident_id from deliveries where user_id = ? and state in ('sent', 'unknown')
    )`,
    q.involves,
  );
  where.add('i.impact_scope_ids @> array[?::uuid]', q.impact_scope);
  where.add('i.origin = ?', q.origin);
  where.add('i.created_at >= ?', q.created_after);
  where.add('i.created_at < ?', q.created_before);
  const search = q.search?.trim() ?? '';
  if (isShortId(search)) where.add('i.short_id = ?', search.toUpperCase());
  else where.add("i.search @@ to_tsquery('simple', ?)", prefixQuery(search));
  const list = await readKeyset<IncidentRow>(pool, {
    columns: incidentColumns,
    from: 'incidents i',
    joins: { to: 'i', text: incidentJoins },
    conditions: where,
    order: orderOf(q.ordering),
    id: { column: 'i.id', type: 'uuid' },
    cursor: q.cursor,
    limit: q.limit,
  });
  return { ...list, rows: await presentIncidents(pool, list.rows, baseUrl) };
}

/** One value is asked for by itself: an index on it then gives the rows in the order of the column after it. */
function addAnyOf(where: Conditions, column: string, values: readonly string[] | undefined): void {
  if (values?.length === 1) where.add(`${column} = ?`, values[0]);
  else where.add(`${column} = any(?::text[])`, values);
}

/**
 * Urgency is one text, so that one value says where a page ends: who waits for somebody, severity, then microseconds since 1970. The
 * indexes `incidents_by_urgency` and `incidents_open_by_urgency` have the same expression.
 */
function orderOf(ordering: string): Parameters<typeof readKeyset>[1]['order'] {
  const descending = ordering.startsWith('-');
  switch (ordering.replace('-', '')) {
    case 'urgency':
      return {
        by: `(case i.status when 'TRIGGERED' then '0' when 'ACKNOWLEDGED' then '1' else '2' end || ' ' || i.severity || ' ' || lpad((extract(epoch from i.created_at at time zone 'UTC') * 1000000)::bigint::text, 17, '0'))`,
        type: 'text',
        descending: false,
      };
    case 'severity':
      return { by: 'i.severity', type: 'text', descending };
    default:
      return { by: 'i.created_at', type: 'timestamptz', descending };
  }
}
