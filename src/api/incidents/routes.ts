import { createRoute } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { createIncidentActions } from './actions.ts';
import { createIncidentArchive } from './archive.ts';
import { createIncidentOpening } from './create.ts';
import { createIncidentDocument } from './document.ts';
import { createDocumentExport } from './document-export.ts';
import { createIncidentList } from './list.ts';
import { incidentIdOf, readIncident } from './read.ts';
import { createIncidentRecords } from './records.ts';
import { createIncidentTimeline } from './timeline.ts';
import { createSharedReads } from '../../db/shared-reads.ts';
import { IncidentParam, IncidentRead } from './wire.ts';

const read = createRoute({
  method: 'get',
  path: '/{id}',
  tags: ['incidents'],
  summary: 'Retrieve an incident',
  description:
    'Returns an incident by its UUID or its short id, for example `/api/v1/incidents/INC-A1B2C3/`. Returns 404 if there is none.',
  request: { params: IncidentParam },
  responses: { 200: jsonResponse(IncidentRead, 'The incident.'), ...problems(401, 404) },
});

/** Mounted at /api/v1/incidents. */
export function createIncidentRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  router.route('/', createIncidentList(deps));
  router.route('/', createIncidentOpening(deps));
  router.route('/', createIncidentActions(deps));
  router.route('/', createIncidentTimeline(deps));
  router.route('/', createIncidentRecords(deps));
  router.route('/', createIncidentDocument(deps));
  router.route('/', createDocumentExport(deps));
  router.route('/', createIncidentArchive(deps));
  const shared = createSharedReads();
  router.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await shared(id, async () => readIncident(pool, await incidentIdOf(pool, id), deps.config.baseUrl)), 200);
  });
  return router;
}
