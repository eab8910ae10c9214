import { z } from '@hono/zod-openapi';
import { ProblemBody } from './problem.ts';

/** A body that must be there: without `required` an empty one would reach the handler as `{}`. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

export const jsonResponse = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const descriptions = {
  400: 'Malformed JSON.',
  401: 'Not signed in.',
  403: 'Not allowed.',
  404: 'There is no such thing.',
  409: 'Refused by the state of things.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not sent as application/json.',
  422: 'Not valid.',
  429: 'Too many attempts.',
  503: 'Not available.',
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
      count: z.number().int(),
      next: z.string().nullable(),
      previous: z.string().nullable(),
      results: z.array(item),
    })
    .openapi(name);

/** `?is_active=true`: only these words, so that a slip of the pen is no filter for false. */
export const BooleanQuery = z.enum(['true', 'false']).transform((value) => value === 'true');
