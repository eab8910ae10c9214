import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { z } from '@hono/zod-openapi';
import type { Said } from '../domain/said.ts';
import { isDatabaseAway } from '../db/database-away.ts';
import { type FieldError, fieldPath } from '../domain/field-path.ts';
import { invalid as refuseInvalid, Refusal, type RefusalKind } from '../resources/field-map/refusal.ts';
import type { ApiEnv } from './env.ts';

/** RFC 9457, with the request's id to find it in the log. */
export const ProblemBody = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string().openapi({ description: 'The kind of problem.', example: 'Conflict' }),
    status: z.number().int().openapi({ description: 'The HTTP status.', example: 409 }),
    detail: z.string().openapi({ description: 'What went wrong, in English.', example: 'Already acknowledged by Ann.' }),
    request_id: z.string().openapi({ description: 'Finds this request in the log.' }),
    errors: z
      .array(z.object({ field: z.string().openapi({ example: 'levels[0].targets[1].id' }), reason: z.string() }))
      .optional()
      .openapi({ description: 'The fields that are not valid.' }),
    code: z.string().optional().openapi({ description: '`detail` as a code, where an incident refuses an action.' }),
    values: z.record(z.string(), z.unknown()).optional().openapi({ description: 'The values in `detail`, by name.' }),
  })
  .openapi('Problem');

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  429: 'Too many attempts',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Not available',
};

/** Thrown by handlers; its detail is shown to the caller, so no secret may be in it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly said: Said | undefined;
  /** Further members of the answer (RFC 9457 §3.2). */
  readonly members: Readonly<Record<string, unknown>> | undefined;

  constructor(
    status: number,
    detail: string,
    extra: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly said?: Said;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = extra.errors;
    this.headers = extra.headers ?? {};
    this.said = extra.said;
    this.members = extra.members;
  }
}

export const invalid = (errors: readonly FieldError[]): Problem => problemOf(refuseInvalid(errors));

/** @param allowed Methods that can be used at this address. */
export function methodNotAllowed(allowed: readonly string[]): Problem {
  const allow = allowed.join(', ');
  return new Problem(405, `Only ${allow} can be used here.`, { headers: { Allow: allow } });
}

export const notFound = (what: string): Problem => new Problem(404, `There is no such ${what}.`);

/** JSON, as RFC 9457 says. */
export const problemText = (problem: Problem, requestId: string): string =>
  JSON.stringify({
    type: 'about:blank',
    title: titles[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    request_id: requestId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...problem.said,
    ...problem.members,
  });

export function problemResponse(c: Context<ApiEnv>, problem: Problem): Response {
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value);
  c.header('Content-Type', 'application/problem+json');
  c.header('Cache-Control', 'no-store');
  return c.body(problemText(problem, c.get('requestId') ?? ''), problem.status as 400);
}

export const problemFromZod = (error: z.ZodError): Problem =>
  invalid(error.issues.map((issue) => ({ field: fieldPath(issue.path), reason: issue.message })));

/** The one place where an error becomes an answer. What was not foreseen goes to the log, and only its id to the caller. */
export const onError: ErrorHandler<ApiEnv> = (error, c) => {
  const problem =
    error instanceof Problem ? error : error instanceof Refusal ? problemOf(error) : (fromHttpException(error) ?? fromDatabase(error));
  if (problem !== null) return problemResponse(c, problem);
  c.get('log').error({ err: error, requestId: c.get('requestId'), route: routePath(c) }, 'request failed');
  return problemResponse(c, new Problem(500, 'Something went wrong here. The request id finds it in the log.'));
};

const refusalStatus: Readonly<Record<RefusalKind, number>> = { invalid: 422, forbidden: 403, unknown: 404, conflict: 409 };

function problemOf({ kind, message, errors }: Refusal): Problem {
  return new Problem(refusalStatus[kind], message, errors === undefined ? {} : { errors });
}

function fromHttpException(error: Error): Problem | null {
  if (!(error instanceof HTTPException)) return null;
  if (error.status === 415) return new Problem(415, 'Send the body as application/json.');
  if (error.status === 400) return new Problem(400, 'The body is not valid JSON.');
  if (error.status === 413) return new Problem(413, 'The body is too large.');
  return error.status < 500 ? new Problem(error.status, titles[error.status] ?? 'The request was refused.') : null;
}

/** SQLSTATE classes: https://www.postgresql.org/docs/18/errcodes-appendix.html */
function fromDatabase(error: Error): Problem | null {
  const { code, table, constraint, detail } = error as { code?: string; table?: string; constraint?: string; detail?: string };
  if (code === '23505') {
    const field = constraint?.endsWith('_username') ? 'username' : constraint?.endsWith('_name') ? 'name' : null;
    if (field === null) return new Problem(409, 'This exists already.');
    const reason = `this ${field} is taken`;
    return new Problem(409, `${field}: ${reason}`, { errors: [{ field, reason }] });
  }
  if (code === '23503' || code === '23001') {
    const gone = /is not present in table/.test(detail ?? '');
    return new Problem(
      409,
      gone ? 'Something that this names was deleted meanwhile.' : `Still in use by ${(table ?? 'other rows').replaceAll('_', ' ')}.`,
    );
  }
  // Class 22, data exception: a value of the request that no schema forbids and Postgres cannot hold (the year 0), or a cursor
  // that was tampered with.
  if (/^22[0-9A-Z]{3}$/.test(code ?? '')) return new Problem(422, 'A value in this request cannot be stored or compared.');
  if (isDatabaseAway(error)) {
    return new Problem(503, 'The database cannot be reached.', { headers: { 'Retry-After': '5' } });
  }
  return null;
}

/** 405 with `Allow` where the path exists under other methods, else 404. `routes` are read late: all are registered then. */
export function createNotFound(routes: () => readonly { method: string; path: string }[]): NotFoundHandler<ApiEnv> {
  let patterns: readonly { method: string; pattern: RegExp }[] | null = null;
  return (c) => {
    patterns ??= routes()
      .filter((route) => route.method !== 'ALL')
      .map((route) => ({ method: route.method, pattern: patternOf(route.path) }));
    const path = c.req.path.replace(/(.)\/$/, '$1');
    const allowed = [...new Set(patterns.filter((entry) => entry.pattern.test(path)).map((entry) => entry.method))];
    // Its own method among them: the pattern was only wider than the address, or the handler passed it on.
    if (allowed.length === 0 || allowed.includes(c.req.method))
      return problemResponse(c, new Problem(404, 'There is nothing at this address.'));
    return problemResponse(c, methodNotAllowed(allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed));
  };
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]+(\{[^}]*\})?/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
