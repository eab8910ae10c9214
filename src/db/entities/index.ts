import { AlertRuleSchema } from './alert-rule.ts';
import { EscalationPolicySchema, EscalationPolicyVersionSchema } from './escalation-policy.ts';
import { ImpactScopeSchema } from './impact-scope.ts';
import { AlertSourceSchema } from './alert-source.ts';
import { ProviderSchema } from './provider.ts';
import { ScheduleSchema } from './schedule.ts';
import { ServiceSchema } from './service.ts';
import { TeamMemberSchema } from './team-member.ts';
import { TeamSchema } from './team.ts';
import { UserSchema } from './user.ts';

/** All that the ORM maps: configuration. What arrives by the thousand is written and read by SQL. */
export const entities = [
  AlertRuleSchema,
  EscalationPolicySchema,
  EscalationPolicyVersionSchema,
  ImpactScopeSchema,
  AlertSourceSchema,
  ProviderSchema,
  ScheduleSchema,
  ServiceSchema,
  TeamMemberSchema,
  TeamSchema,
  UserSchema,
];
