import { z } from '@hono/zod-openapi';
import type { Registry } from '../../connectors/registry.ts';
import { invalid } from '../problem.ts';

/** What can be chosen is the registry's to say: see `openapi.ts`, and the checks below for what is written. */
export const ProviderType = z.string().max(60).openapi('ProviderTypeName');
export const SourceType = z.string().max(60).openapi('AlertSourceType');

/** The OpenAPI schemas above with the types that this version knows. */
export const connectorTypeSchemas = (registry: Registry) => ({
  ProviderTypeName: { type: 'string' as const, enum: registry.providerTypes() },
  AlertSourceType: { type: 'string' as const, enum: registry.sources().map(({ id }) => id) },
});

/** @throws Problem 422 */
export function requireSource(registry: Registry, source: string | null | undefined): void {
  if (source == null || registry.byId(source)?.alerts !== undefined) return;
  const known = registry.sources().map(({ id }) => id);
  throw invalid([{ field: 'source', reason: `must be one of ${known.join(', ')}` }]);
}
