import { z } from '@hono/zod-openapi';
import { type Provider, ProviderSchema } from '../../db/entities/provider.ts';
import type { Connector } from '../../connectors/connector.ts';
import type { Registry } from '../../connectors/registry.ts';
import { providerPlace } from '../../connections/provider.ts';
import { InvalidConfig, maskConfig, sealConfig } from '../../connections/stored-config.ts';
import type { Collection } from '../collection.ts';
import { fieldPath, invalid } from '../problem.ts';
import { BooleanQuery } from '../route-parts.ts';
import { ProviderType } from './connector-types.ts';
import { given, Name, presentRow, rowRead } from './field-shapes.ts';

const fields = z.strictObject({
  name: Name,
  type: ProviderType,
  /** As `provider-types/` describes it for the type. A masked value means "as before". */
  config: z.record(z.string(), z.unknown()),
  is_active: z.boolean(),
});

const ProviderRead = z
  .object({
    ...rowRead,
    name: z.string(),
    type: ProviderType,
    /** Secrets are masked. */
    config: z.record(z.string(), z.unknown()),
    is_active: z.boolean(),
  })
  .openapi('Provider');

export const providers: Collection<Provider, typeof ProviderRead, typeof fields> = {
  path: 'providers',
  one: 'provider',
  entity: ProviderSchema,
  read: ProviderRead,
  fields,
  required: ['name', 'type', 'config'],
  searchIn: ['name', 'type'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    type: { schema: z.string(), property: 'type' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
  },
  orderings: { name: 'name', type: 'type', created_at: 'createdAt' },

  async present(rows, { deps }) {
    return rows.map((row) => {
      const connector = deps.registry.byType(row.type);
      return {
        ...presentRow(row),
        name: row.name,
        type: row.type,
        // A type that this version does not know: nothing is known of which fields are secrets.
        config: connector === undefined ? {} : { ...maskConfig(connector, row.config) },
        is_active: row.isActive,
      };
    });
  },

  async columns(body, { id, row, deps }) {
    if (row !== null && body.type !== undefined && body.type !== row.type && body.config === undefined) {
      throw invalid([{ field: 'config', reason: 'is needed when the type changes' }]);
    }
    if (body.type !== undefined) notifierOf(deps.registry, body.type);
    const type = body.type ?? row?.type;
    let config: Record<string, unknown> | undefined;
    if (body.config !== undefined && type !== undefined) {
      const before = row !== null && row.type === type ? row.config : {};
      config = sealed(() => sealConfig(notifierOf(deps.registry, type), providerPlace(id), body.config, deps.secrets, before));
    }
    return given({ name: body.name, type: body.type, config, isActive: body.is_active });
  },
};

/** @throws Problem 422 */
function notifierOf(connectors: Registry, type: string): Connector {
  const connector = connectors.byType(type);
  if (connector?.notify === undefined)
    throw invalid([{ field: 'type', reason: `must be one of ${connectors.providerTypes().join(', ')}` }]);
  return connector;
}

/** @throws Problem 422 that names the fields, never their values. */
function sealed(seal: () => Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return { ...seal() };
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    throw invalid(
      error.problems.map(({ field, reason }) => ({
        field: field === 'config' ? field : fieldPath(['config', ...field.split('.')]),
        reason,
      })),
    );
  }
}
