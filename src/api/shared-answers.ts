import { descriptions, problemContent, type ProblemStatus } from './route-parts.ts';

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const writes = new Set(['post', 'patch', 'put', 'delete']);

/**
 * An operation with the answers that it has because of what stands before its handler: who may call it, whether the body
 * can be read, whether the store answers. Routes name only what is their own.
 */
export function withSharedAnswers<T extends Operation>(path: string, method: string, operation: T): T {
  if (path.startsWith('/health') || path.startsWith('/api/v1/webhooks/')) return operation;
  const signedIn = operation.security === undefined;
  const hasBody = operation.requestBody !== undefined;
  const statuses = new Set<ProblemStatus>([503]);
  if (signedIn) statuses.add(401);
  // A page's session on another site's request; `authenticate` refuses it.
  if (signedIn && writes.has(method)) statuses.add(403);
  if (hasBody) for (const status of [400, 413, 415, 422] as const) statuses.add(status);
  if ((operation.parameters ?? []).length > 0) statuses.add(422);
  // Idempotency-Key: malformed or used for another request, or its first request is still under way.
  if (signedIn && writes.has(method) && path.startsWith('/api/v1/')) for (const status of [409, 422] as const) statuses.add(status);
  const missing = [...statuses].filter((status) => operation.responses[status] === undefined);
  const shared = missing.map((status) => [
    status,
    { description: descriptions[status], content: problemContent({ $ref: '#/components/schemas/Problem' }) },
  ]);
  return { ...operation, responses: { ...operation.responses, ...Object.fromEntries(shared) } };
}
