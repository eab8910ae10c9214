import { defineEntity, p } from '@mikro-orm/core';
import { providerTypes } from '../../domain/vocabulary.ts';
import { rowProperties } from './row.ts';

export const ProviderSchema = defineEntity({
  name: 'Provider',
  tableName: 'providers',
  properties: {
    ...rowProperties,
    name: p.text(),
    type: p.enum(providerTypes),
    /** Sealed: see src/connections/stored-config.ts. */
    config: p.json<Record<string, unknown>>().onCreate(() => ({})),
    isActive: p.boolean().default(true),
  },
});

export class Provider extends ProviderSchema.class {}
ProviderSchema.setClass(Provider);
