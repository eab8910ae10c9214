import { defineEntity, p } from '@mikro-orm/core';
import type { RuleCondition } from '../../domain/alert-rules.ts';
import { severities } from '../../domain/vocabulary.ts';
import { rowProperties } from './row.ts';

export const AlertRuleSchema = defineEntity({
  name: 'AlertRule',
  tableName: 'alert_rules',
  properties: {
    ...rowProperties,
    name: p.text(),
    position: p.integer().default(0),
    source: p.text().nullable(),
    conditions: p.json<RuleCondition[]>().onCreate(() => []),
    serviceId: p.uuid().nullable(),
    severity: p.enum(severities).nullable(),
    suppress: p.boolean().default(false),
    isActive: p.boolean().default(true),
  },
});

export class AlertRule extends AlertRuleSchema.class {}
AlertRuleSchema.setClass(AlertRule);
