import { defineEntity, p } from '@mikro-orm/core';
import type { PolicyDocument } from '../../domain/escalation-policy.ts';
import { rowProperties } from './row.ts';

export const EscalationPolicySchema = defineEntity({
  name: 'EscalationPolicy',
  tableName: 'escalation_policies',
  properties: {
    ...rowProperties,
    name: p.text(),
    description: p.text().default(''),
    version: p.integer().default(1),
  },
});

export class EscalationPolicy extends EscalationPolicySchema.class {}
EscalationPolicySchema.setClass(EscalationPolicy);

/** Never changed once written: open incidents are pinned to one. */
export const EscalationPolicyVersionSchema = defineEntity({
  name: 'EscalationPolicyVersion',
  tableName: 'escalation_policy_versions',
  primaryKeys: ['policyId', 'version'],
  properties: {
    policyId: p.uuid().primary(),
    version: p.integer().primary(),
    document: p.json<PolicyDocument>(),
    createdAt: p.datetime().onCreate(() => new Date()),
    createdBy: p.text().default('system'),
  },
});

export class EscalationPolicyVersion extends EscalationPolicyVersionSchema.class {}
EscalationPolicyVersionSchema.setClass(EscalationPolicyVersion);
