import { createRoute, z } from '@hono/zod-openapi';
import type { CommandBody } from '../../contract/incident.ts';
import type { ApiDeps } from '../deps.ts';
import { optionalBody } from '../optional-body.ts';
import { invalid } from '../problem.ts';
import { Id, Severity } from '../../resources/field-map/shapes.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { command } from './command.ts';
import { IncidentAfterCommand, IncidentParam } from './wire.ts';

const Note = z.string().trim().min(1).max(10_000);

const responses = {
  200: jsonResponse(IncidentAfterCommand, 'Done: the incident as it stands now.'),
  202: jsonResponse(IncidentAfterCommand, 'Kept, and on its way: it is done as soon as a worker can.'),
  ...problems(400, 401, 404, 409, 422),
};

/** These two take a body, but need none. */
const OptionalNote = z.strictObject({ note: Note.optional() }).openapi('Note');

const act = <const P extends string>(path: P, summary: string) =>
  createRoute({
    method: 'post',
    path: `/{id}/${path}` as const,
    tags: ['incidents'],
    summary,
    middleware: optionalBody,
    request: {
      params: IncidentParam,
      body: { required: false, content: { 'application/json': { schema: OptionalNote } } },
    },
    responses,
  });

const acknowledge = act('acknowledge', 'Acknowledge: stops the paging');
const resolve = act('resolve', 'Resolve');
const reopen = act('reopen', 'Reopen: paging starts again');
const escalate = act('escalate', 'Page the next level now');

const comment = createRoute({
  method: 'post',
  path: '/{id}/comments',
  tags: ['incidents'],
  summary: 'Write a comment on the timeline',
  request: { params: IncidentParam, ...jsonBody(z.strictObject({ text: Note }).openapi('CommentCreate')) },
  responses,
});

const change = createRoute({
  method: 'patch',
  path: '/{id}',
  tags: ['incidents'],
  summary: 'Change severity or assignee',
  request: {
    params: IncidentParam,
    ...jsonBody(
      z
        .strictObject({
          severity: Severity.optional(),
          assignee: z
            .union([Id, z.literal('me')])
            .nullable()
            .optional(),
        })
        .refine((body) => Object.keys(body).length > 0, 'names severity or assignee')
        .openapi('IncidentUpdate'),
    ),
  },
  responses,
});

/** What people do to an incident. Any active user may. */
export function createIncidentActions(deps: ApiDeps) {
  const router = createRouter();
  router.openapi(acknowledge, (c) => command(c, deps, c.req.valid('param').id, [{ kind: 'acknowledge' }]));
  router.openapi(escalate, (c) => command(c, deps, c.req.valid('param').id, [{ kind: 'escalate' }]));
  router.openapi(resolve, (c) => command(c, deps, c.req.valid('param').id, [withNote('resolve', c.req.valid('json'))]));
  router.openapi(reopen, (c) => command(c, deps, c.req.valid('param').id, [withNote('reopen', c.req.valid('json'))]));
  router.openapi(comment, (c) => command(c, deps, c.req.valid('param').id, [{ kind: 'comment', text: c.req.valid('json').text }]));
  router.openapi(change, async (c) => {
    const { severity, assignee } = c.req.valid('json');
    const bodies: CommandBody[] = [];
    if (severity !== undefined) bodies.push({ kind: 'change_severity', severity });
    if (assignee !== undefined) {
      const id = assignee === 'me' ? c.get('signedIn').userId : assignee;
      bodies.push({ kind: 'assign', assignee: id === null ? null : await activeUser(deps, id) });
    }
    return command(c, deps, c.req.valid('param').id, bodies);
  });
  return router;
}

const withNote = (kind: 'resolve' | 'reopen', body: { note?: string | undefined } | undefined): CommandBody =>
  body?.note === undefined ? { kind } : { kind, note: body.note };

async function activeUser({ database }: ApiDeps, id: string): Promise<{ id: string; name: string }> {
  const { rows } = await database.pool.query<{ id: string; name: string }>(
    `select id, coalesce(nullif(display_name, ''), username) as name from users where id = $1 and is_active`,
    [id],
  );
  const user = rows[0];
  if (user === undefined) throw invalid([{ field: 'assignee', reason: 'there is no active user with this id' }]);
  return user;
}
