import { createRoute, z } from '@hono/zod-openapi';
import { onCallAt } from '../../domain/on-call.ts';
import { activeUsers } from '../../people/active-users.ts';
import { refsOf } from '../../resources/field-map/references.ts';
import { schedules } from '../../resources/schedules.ts';
import { type CollectionDeps, contextOf } from '../collection.ts';
import { notFound } from '../problem.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import { IdParam, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const onCall = createRoute({
  method: 'get',
  path: '/{id}/on-call',
  tags: ['schedules'],
  summary: 'Retrieve who is on call',
  description:
    'Returns the users who are on call in a schedule, now or at another time, for example `?at=2026-01-05T09:00:00Z`. The list is empty if nobody is. Returns 404 if there is no such schedule.',
  request: {
    params: IdParam,
    query: z.object({ at: z.iso.datetime({ offset: true }).optional().openapi({ description: 'RFC 3339; now if left out.' }) }),
  },
  responses: {
    200: jsonResponse(z.object({ at: Timestamp, users: z.array(RefRead) }).openapi('OnCall'), 'The users on call at `at`.'),
    ...problems(401, 404, 422),
  },
});

/** Mounted at /api/v1/schedules, beside the collection. */
export function createOnCallRoutes(deps: CollectionDeps) {
  return createRouter().openapi(onCall, async (c) => {
    const context = contextOf(deps);
    const schedule = await context.em.findOne(schedules.entity, { id: c.req.valid('param').id });
    if (schedule === null) throw notFound('schedule');
    const given = c.req.valid('query').at;
    const atMs = given === undefined ? Date.now() : Date.parse(given);
    const { time_zone, layers, overrides } = schedule;
    const ids = onCallAt({ time_zone, layers, overrides }, atMs, await activeUsers(deps.database.pool));
    const user = await refsOf(context, 'users', ids);
    return c.json({ at: new Date(atMs).toISOString(), users: ids.map(user).filter((ref) => ref !== null) }, 200);
  });
}
