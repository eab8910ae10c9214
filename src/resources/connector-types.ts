import { z } from '@hono/zod-openapi';
import type { Registry } from '../connectors/registry.ts';

/** What can be chosen is the registry's to say: fields name one of these as their `choices`. */
export const ProviderType = z.string().max(60).openapi('ProviderTypeName');
export const SourceType = z.string().max(60).openapi('AlertSourceType');

export const providerTypes = (registry: Registry): readonly string[] => registry.providerTypes();
export const sourceTypes = (registry: Registry): readonly string[] => registry.sources().map(({ id }) => id);

/** The OpenAPI schemas above with the types that this version knows. */
export const connectorTypeSchemas = (registry: Registry) => ({
  ProviderTypeName: { type: 'string' as const, enum: [...providerTypes(registry)] },
  AlertSourceType: { type: 'string' as const, enum: [...sourceTypes(registry)] },
});
