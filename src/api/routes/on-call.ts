import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ScheduleSchema } from '../../db/entities/schedule.ts';
import { onCallAt } from '../../domain/on-call.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problem.ts';
import { refsOf } from '../references.ts';
import { RefRead } from '../resources/field-shapes.ts';
import { IdParam, jsonResponse, problems, Timestamp } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const onCall = createRoute({
  method: 'get',
  path: '/{id}/on-call',
  tags: ['schedules'],
  summary: 'Who is on call now, or at an instant',
  request: { params: IdParam, query: z.object({ at: z.iso.datetime({ offset: true }).optional() }) },
  responses: {
    200: jsonResponse(z.object({ at: Timestamp, users: z.array(RefRead) }).openapi('OnCall'), 'Nobody: an empty list.'),
    ...problems(401, 404, 422),
  },
});

/** Mounted at /api/v1/schedules, beside the collection. */
export function createOnCallRoutes(deps: ApiDeps) {
  return createRouter().openapi(onCall, async (c) => {
    const em = deps.database.orm.em.fork() as EntityManager;
    const schedule = await em.findOne(ScheduleSchema, { id: c.req.valid('param').id });
    if (schedule === null) throw notFound('schedule');
    const given = c.req.valid('query').at;
    const atMs = given === undefined ? Date.now() : Date.parse(given);
    const { timeZone, layers, overrides } = schedule;
    const ids = onCallAt({ time_zone: timeZone, layers, overrides }, atMs);
    const user = await refsOf(em, 'users', ids);
    return c.json({ at: new Date(atMs).toISOString(), users: ids.map(user).filter((ref) => ref !== null) }, 200);
  });
}
