import { createRoute, z } from '@hono/zod-openapi';
import type { CommandBody } from '../../contract/incident.ts';
import type { ApiDeps } from '../deps.ts';
import { optionalBody } from '../optional-body.ts';
import { invalid } from '../problem.ts';
import { Id, Severity } from '../../resources/field-map/shapes.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { activeScopes } from '../../incidents/impact-scopes.ts';
import { command } from './command.ts';
import { IncidentAfterCommand, IncidentParam } from './wire.ts';

const Note = z.string().trim().min(1).max(10_000);

const responses = {
  200: jsonResponse(IncidentAfterCommand, 'Applied. The incident as it is now, with the result in `command`.'),
  202: jsonResponse(
    IncidentAfterCommand,
    'Accepted and stored. It is applied as soon as a worker is available; there is no need to try again.',
  ),
  ...problems(400, 401, 404, 409, 422),
};

/** These two take a body, but need none. */
const OptionalNote = z.strictObject({ note: Note.optional().openapi({ description: 'Added to the timeline entry.' }) }).openapi('Note');

interface ActTexts {
  readonly summary: string;
  readonly description: string;
  readonly example?: z.input<typeof OptionalNote>;
}

const act = <const P extends string>(path: P, { summary, description, example }: ActTexts) =>
  createRoute({
    method: 'post',
    path: `/{id}/${path}` as const,
    tags: ['incidents'],
    summary,
    description,
    middleware: optionalBody,
    request: {
      params: IncidentParam,
      body: { required: false, content: { 'application/json': { schema: OptionalNote, ...(example !== undefined && { example }) } } },
    },
    responses,
  });

const acknowledge = act('acknowledge', {
  summary: 'Acknowledge an incident',
  description:
    'Stops paging and records who acknowledged. If nobody is assigned, the incident is assigned to you. Returns 409 if it is already acknowledged or resolved. No body is needed.',
});
const resolve = act('resolve', {
  summary: 'Resolve an incident',
  description:
    'Ends the incident and stops paging. If one of its alerts is still firing and fires again five minutes later or more, the incident reopens. Returns 409 if it is already resolved. The body is optional.',
  example: { note: 'Rolled back to 4.2.1.' },
});
const reopen = act('reopen', {
  summary: 'Reopen an incident',
  description:
    'Triggers a resolved incident again: paging starts over at level 1. Returns 409 if the incident is not resolved. The body is optional.',
  example: { note: 'Errors are back since 14:05.' },
});
const escalate = act('escalate', {
  summary: 'Escalate an incident',
  description:
    'Pages the next escalation level now instead of waiting for its delay. An acknowledged incident is triggered again. Returns 409 if the incident is resolved. No body is needed.',
});

const comment = createRoute({
  method: 'post',
  path: '/{id}/comments',
  tags: ['incidents'],
  summary: 'Comment on an incident',
  description:
    'Adds a comment to the timeline, whatever the status of the incident. Providers that subscribe to `comment.added` are notified; people who are mentioned with @ are not.',
  request: {
    params: IncidentParam,
    ...jsonBody(z.strictObject({ text: Note }).openapi('CommentCreate'), { text: 'Failing over to the replica, 10 minutes.' }),
  },
  responses,
});

const addScopes = createRoute({
  method: 'post',
  path: '/{id}/impact-scopes',
  tags: ['incidents'],
  summary: 'Add impact scopes to an incident',
  description:
    'Adds impact scopes; their contacts are told at once. Those that the incident has already are left as they are. Returns 409 if it has all of them, and 422 if there is no such active impact scope.',
  request: {
    params: IncidentParam,
    ...jsonBody(z.strictObject({ impact_scopes: z.array(Id).min(1).max(50) }).openapi('ImpactScopesAdd'), {
      impact_scopes: ['6f1c2a34-8b7d-4e5f-9a01-23456789abcd'],
    }),
  },
  responses,
});

const change = createRoute({
  method: 'patch',
  path: '/{id}',
  tags: ['incidents'],
  summary: 'Update an incident',
  description:
    'Changes the severity, the assignee, or both. A new assignee is notified, unless you assign it to yourself; `"assignee": null` unassigns it. A higher severity pages again, even if the incident is acknowledged, unless you are the one who acknowledged it. Returns 409 if a value is what it already is, and 422 if the assignee is not an active user.',
  request: {
    params: IncidentParam,
    ...jsonBody(
      z
        .strictObject({
          severity: Severity.optional(),
          assignee: z
            .union([Id, z.literal('me')])
            .nullable()
            .optional()
            .openapi({ description: 'The id of a user, `me`, or null to unassign.' }),
        })
        .refine((body) => Object.keys(body).length > 0, 'names severity or assignee')
        .openapi('IncidentUpdate'),
      { severity: 'SEV1_CRITICAL', assignee: 'me' },
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
  router.openapi(addScopes, async (c) => {
    const { id } = c.req.valid('param');
    const ids = [...new Set(c.req.valid('json').impact_scopes)];
    const scopes = await activeScopes(deps.database.pool, ids);
    const missing = ids.findIndex((wanted) => !scopes.some((scope) => scope.id === wanted));
    if (missing !== -1) throw invalid([{ field: `impact_scopes[${missing}]`, reason: 'there is no active impact scope with this id' }]);
    return command(c, deps, id, [{ kind: 'add_scopes', scopes }]);
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
