import { defineEntity, p } from '@mikro-orm/core';
import type { ContactMethod } from '../../domain/contact-method.ts';
import { rowProperties } from './row.ts';

export const TeamSchema = defineEntity({
  name: 'Team',
  tableName: 'teams',
  properties: {
    ...rowProperties,
    name: p.text(),
    description: p.text().default(''),
    contactMethods: p.json<ContactMethod[]>().onCreate(() => []),
  },
});

export class Team extends TeamSchema.class {}
TeamSchema.setClass(Team);
