import { defineEntity, p } from '@mikro-orm/core';

export const TeamMemberSchema = defineEntity({
  name: 'TeamMember',
  tableName: 'team_members',
  primaryKeys: ['teamId', 'userId'],
  properties: {
    teamId: p.uuid().primary(),
    userId: p.uuid().primary(),
    role: p.enum(['lead', 'member'] as const).default('member'),
  },
});

export class TeamMember extends TeamMemberSchema.class {}
TeamMemberSchema.setClass(TeamMember);
