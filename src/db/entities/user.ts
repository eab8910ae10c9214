import { defineEntity, p } from '@mikro-orm/core';
import type { ContactMethod } from '../../domain/contact-method.ts';
import { rowProperties } from './row.ts';

export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    ...rowProperties,
    username: p.text(),
    email: p.text().nullable(),
    displayName: p.text().default(''),
    phone: p.text().nullable(),
    passwordHash: p.text().nullable(),
    isActive: p.boolean().default(true),
    isStaff: p.boolean().default(false),
    contactMethods: p.json<ContactMethod[]>().onCreate(() => []),
  },
});

export class User extends UserSchema.class {}
UserSchema.setClass(User);
