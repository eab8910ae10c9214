import { defineEntity, p } from '@mikro-orm/core';
import { rowProperties } from './row.ts';

export const ImpactScopeSchema = defineEntity({
  name: 'ImpactScope',
  tableName: 'impact_scopes',
  properties: {
    ...rowProperties,
    name: p.text(),
    description: p.text().default(''),
    emails: p.array<string>().onCreate(() => []),
    isActive: p.boolean().default(true),
  },
});

export class ImpactScope extends ImpactScopeSchema.class {}
ImpactScopeSchema.setClass(ImpactScope);
