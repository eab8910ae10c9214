import { z } from '@hono/zod-openapi';
import { ProblemBody } from './problem.ts';

/** A body that must be there: without `required` an empty one would reach the handler as `{}`. */
export const jsonBody = <T extends z.ZodType>(schema: T, example?: z.input<T>) => ({
  body: { required: true, content: { 'application/json': { schema, ...(example !== undefined && { example }) } } },
});

export const jsonResponse = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const descriptions = {
  400: 'The body is not valid JSON.',
  401: 'The token or session is missing, wrong or expired.',
  403: 'You are not allowed to do this, or a browser sent the request from another site.',
  404: 'Nothing with this id or address exists.',
  409: 'The current state does not allow this; `detail` says why.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not sent as `application/json`.',
  422: 'A parameter or a field of the body is not valid; `errors` says which and why.',
  429: 'Too many failed attempts. Try again after `Retry-After` seconds.',
  502: 'Another system could not be asked: the detail says why, and what to do.',
  503: 'A part of the system cannot be reached. Try again after `Retry-After` seconds.',
} as const;

export type ProblemStatus = keyof typeof descriptions;

export const problemContent = <T>(schema: T) => ({ 'application/problem+json': { schema } });

/** Answers as RFC 9457 problems. They leave through `onError`, so handlers' types need not know of them. */
export function problems(...statuses: readonly ProblemStatus[]): Record<never, never> {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status], content: problemContent(ProblemBody) }]),
  );
}

export const IdParam = z.object({ id: z.uuid('must be a UUID').openapi({ param: { name: 'id', in: 'path' } }) });

/** A list as every list is. */
export const listOf = <T extends z.ZodType>(item: T, name: string) =>
  z
    .object({
      count: z.number().int().openapi({ description: 'How many there are in total, on all pages.' }),
      next: z.string().nullable().openapi({ description: 'The URL of the next page; null on the last.' }),
      previous: z.string().nullable().openapi({ description: 'The URL of the previous page; null on the first.' }),
      results: z.array(item),
    })
    .openapi(name);

/** `?is_active=true`: only these words, so that a slip of the pen is no filter for false. */
export const BooleanQuery = z.enum(['true', 'false']).transform((value) => value === 'true');
