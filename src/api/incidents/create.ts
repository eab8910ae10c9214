import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { UnknownService } from '../../incidents/incidents.ts';
import { uuidOf } from '../../incidents/uuid-of.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problem.ts';
import { requireReferences } from '../../resources/field-map/references.ts';
import { catalogue } from '../../resources/index.ts';
import { Id, Severity } from '../../resources/field-map/shapes.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { actorOf } from './actor.ts';
import { readIncident } from './read.ts';
import { IncidentRead } from './wire.ts';

export const IncidentCreate = z
  .strictObject({
    title: z.string().trim().min(1).max(500),
    description: z.string().max(20_000).default(''),
    service: Id.openapi({ description: 'The id of the affected service; its escalation policy says who is paged.' }),
    severity: Severity,
    impact_scopes: z.array(Id).max(50).default([]).openapi({ description: 'Ids of impact scopes, whose contacts are told by email.' }),
    assignee: z
      .union([Id, z.literal('me')])
      .nullable()
      .default(null)
      .openapi({ description: 'The id of a user, who is notified, `me`, or null for nobody.' }),
    notify: z.boolean().default(true).openapi({
      description:
        'Whether people are told. With `false` the incident is only recorded: nobody is paged or told until somebody escalates it, or it gets worse.',
    }),
  })
  .openapi('IncidentCreate');

const create = createRoute({
  method: 'post',
  path: '/',
  tags: ['incidents'],
  summary: 'Open an incident',
  description:
    'Opens an incident by hand and starts paging according to the escalation policy of its service; with `"notify": false` it is recorded without telling anybody. Send an `Idempotency-Key` so that a retry does not open a second one. Returns 422 if the service, an impact scope or the assignee does not exist.',
  request: jsonBody(IncidentCreate, {
    title: 'Checkout fails for all customers',
    description: 'Payments time out since 09:00.',
    service: '6f1c2a34-8b7d-4e5f-9a01-23456789abcd',
    severity: 'SEV1_CRITICAL',
    assignee: 'me',
  }),
  responses: { 201: jsonResponse(IncidentRead, 'The new incident. Paging starts immediately.'), ...problems(400, 401, 409, 422) },
});

export function createIncidentOpening(deps: ApiDeps) {
  const { pool, orm } = deps.database;
  return createRouter().openapi(create, async (c) => {
    const body = c.req.valid('json');
    const signedIn = c.get('signedIn');
    const assigneeId = body.assignee === 'me' ? signedIn.userId : body.assignee;
    await requireReferences({ em: orm.em.fork() as EntityManager, targets: catalogue }, [
      { field: 'service', to: 'services', id: body.service },
      ...body.impact_scopes.map((id, i) => ({ field: `impact_scopes[${i}]`, to: 'impact-scopes', id })),
      ...(assigneeId === null ? [] : [{ field: 'assignee', to: 'users', id: assigneeId }]),
    ]);
    const key = c.req.header('idempotency-key');
    const request = {
      id: key === undefined ? randomUUID() : uuidOf(`incident ${signedIn.userId} ${key}`),
      title: body.title,
      description: body.description,
      serviceId: body.service,
      severity: body.severity,
      impactScopeIds: [...new Set(body.impact_scopes)],
      assigneeId,
      isQuiet: !body.notify,
      actor: actorOf(signedIn),
    };
    const { id } = await deps.incidents.open(request).catch((error: unknown) => {
      if (error instanceof UnknownService) throw invalid([{ field: 'service', reason: 'there is no service with this id' }]);
      throw error;
    });
    const incident = await readIncident(pool, id, deps.config.baseUrl);
    c.header('Location', `/api/v1/incidents/${incident.short_id}/`);
    return c.json(incident, 201);
  });
}
