import { z } from '@hono/zod-openapi';
import { type User, UserSchema } from '../../db/entities/user.ts';
import { hashPassword } from '../auth/password.ts';
import type { Collection, WriteContext } from '../collection.ts';
import { Problem } from '../problem.ts';
import { BooleanQuery } from '../route-parts.ts';
import { checkContactMethods, ContactMethods } from './contact-methods.ts';
import { given, presentRow, rowRead } from './field-shapes.ts';

const fields = z.strictObject({
  username: z.string().trim().min(1).max(150),
  email: z.email('must be a mail address').nullable(),
  display_name: z.string().trim().max(200),
  /** E.164, as +33612345678. */
  phone: z
    .string()
    .regex(/^\+[1-9]\d{5,14}$/, 'must be an international number, as +33612345678')
    .nullable(),
  /** Write-only. Null: the user cannot sign in with a password. A new one ends all sessions and tokens. */
  password: z.string().min(8, 'must have at least 8 characters').max(1024).nullable(),
  is_active: z.boolean(),
  is_staff: z.boolean(),
  contact_methods: ContactMethods,
});

const UserRead = z
  .object({
    ...rowRead,
    username: z.string(),
    email: z.string().nullable(),
    display_name: z.string(),
    phone: z.string().nullable(),
    has_password: z.boolean(),
    is_active: z.boolean(),
    is_staff: z.boolean(),
    contact_methods: ContactMethods,
  })
  .openapi('User');

export const users: Collection<User, typeof UserRead, typeof fields> = {
  path: 'users',
  one: 'user',
  entity: UserSchema,
  read: UserRead,
  fields,
  required: ['username'],
  searchIn: ['username', 'displayName', 'email'],
  filters: {
    username: { schema: z.string(), property: 'username' },
    email: { schema: z.string(), property: 'email' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
    is_staff: { schema: BooleanQuery, property: 'isStaff' },
  },
  orderings: { username: 'username', display_name: 'displayName', created_at: 'createdAt' },

  async present(rows) {
    return rows.map((row) => ({
      ...presentRow(row),
      username: row.username,
      email: row.email ?? null,
      display_name: row.displayName,
      phone: row.phone ?? null,
      has_password: (row.passwordHash ?? null) !== null,
      is_active: row.isActive,
      is_staff: row.isStaff,
      contact_methods: row.contactMethods.map((method) => ({ ...method, severities: [...method.severities] })),
    }));
  },

  async columns(body, context) {
    const { em, row, deps } = context;
    await checkContactMethods(em, deps.registry, body.contact_methods);
    if (row !== null && (body.is_active === false || body.is_staff === false)) await keepOneStaff(row, context);
    return given({
      username: body.username,
      email: body.email,
      displayName: body.display_name,
      phone: body.phone,
      passwordHash: typeof body.password === 'string' ? await hashPassword(body.password) : body.password,
      isActive: body.is_active,
      isStaff: body.is_staff,
      contactMethods: body.contact_methods,
    });
  },

  async afterWrite(body, { em, id }) {
    if (body.password !== undefined || body.is_active === false) await em.execute('delete from tokens where user_id = ?', [id]);
  },

  beforeDelete: keepOneStaff,
};

/** Else nobody could ever change configuration again. */
async function keepOneStaff(row: User, { em }: WriteContext<User>): Promise<void> {
  // Locks them, so that two requests cannot each take away the other's last one.
  const staff = await em.execute<{ id: string }[]>('select id from users where is_staff and is_active order by id for update');
  if (staff.every(({ id }) => id === row.id) && staff.length > 0) {
    throw new Problem(409, 'This is the last active staff user.');
  }
}
