import { defineEntity, p } from '@mikro-orm/core';
import { rowProperties } from './row.ts';

export const ProviderSchema = defineEntity({
  name: 'Provider',
  tableName: 'providers',
  properties: {
    ...rowProperties,
    name: p.text(),
    type: p.text(),
    /** Sealed: see src/connections/stored-config.ts. */
    config: p.json<Record<string, unknown>>().onCreate(() => ({})),
    isActive: p.boolean().default(true),
  },
});

export class Provider extends ProviderSchema.class {}
ProviderSchema.setClass(Provider);
