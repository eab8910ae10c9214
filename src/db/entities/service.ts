import { defineEntity, p } from '@mikro-orm/core';
import { criticalities } from '../../domain/vocabulary.ts';
import { rowProperties } from './row.ts';

export interface Grouping {
  readonly by: 'alert_name' | 'labels' | 'each' | 'all';
  readonly labels?: readonly string[] | undefined;
}

export const ServiceSchema = defineEntity({
  name: 'Service',
  tableName: 'services',
  properties: {
    ...rowProperties,
    name: p.text(),
    description: p.text().default(''),
    teamId: p.uuid().nullable(),
    escalationPolicyId: p.uuid(),
    criticality: p.enum(criticalities).default('TIER_3_MEDIUM'),
    grouping: p.json<Grouping>().onCreate(() => ({ by: 'alert_name' })),
    reopenWindowSeconds: p.integer().default(1800),
    autoResolve: p.enum(['off', 'at_once', 'quiet'] as const).default('at_once'),
    quietSeconds: p.integer().default(300),
    runbookUrl: p.text().nullable(),
    isCatchAll: p.boolean().default(false),
    isActive: p.boolean().default(true),
  },
});

export class Service extends ServiceSchema.class {}
ServiceSchema.setClass(Service);
